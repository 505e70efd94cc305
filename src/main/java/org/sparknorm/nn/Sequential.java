package org.sparknorm.nn;

import java.util.ArrayList;
import java.util.List;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/** A layer that applies layers one after the other. */
public final class Sequential implements Layer {
    private final List<Layer> layers;

    public Sequential(List<Layer> layers) {
        this.layers = List.copyOf(layers);
    }

    /** Gives its layers, with those of sequences within it in their place. */
    public List<Layer> layers() {
        List<Layer> flat = new ArrayList<>();
        for (Layer layer : layers) {
            if (layer instanceof Sequential inner) {
                flat.addAll(inner.layers());
            } else {
                flat.add(layer);
            }
        }
        return flat;
    }

    @Override
    public Shape outputShape(Shape input) {
        Shape shape = input;
        for (Layer layer : layers) {
            shape = layer.outputShape(shape);
        }
        return shape;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Tensor y = x;
        for (int i = 0; i < layers.size(); i++) {
            y = layers.get(i).forward(y, pass);
        }
        return y;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        Tensor gradient = dy;
        for (int i = layers.size() - 1; i >= 0 && gradient != null; i--) {
            Tensor next = layers.get(i).backward(gradient, pass);
            boolean stillSeen = gradient.data() == dy.data() || (next != null && next.data() == gradient.data());
            if (!stillSeen) {
                pass.scratch().give(gradient);
            }
            gradient = next;
        }
        return gradient;
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>();
        for (Layer layer : layers) {
            parameters.addAll(layer.parameters());
        }
        return parameters;
    }

    @Override
    public List<RunningStatistics> runningStatistics() {
        List<RunningStatistics> statistics = new ArrayList<>();
        for (Layer layer : layers) {
            statistics.addAll(layer.runningStatistics());
        }
        return statistics;
    }

    @Override
    public void visit(Shape input, LayerVisitor visitor) {
        Shape shape = input;
        for (Layer layer : layers) {
            layer.visit(shape, visitor);
            shape = layer.outputShape(shape);
        }
    }
}
