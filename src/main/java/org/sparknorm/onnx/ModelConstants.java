package org.sparknorm.onnx;

import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Parameter;
import org.sparknorm.nn.norm.BatchNorm;
import org.sparknorm.nn.norm.Folding;
import org.sparknorm.tensor.Shape;

/**
 * Writes what was trained as constants of a graph.
 *
 * @param weights all weights of the network
 * @param buffers all running statistics of the network
 */
record ModelConstants(Graph graph, Folding folding, float[] weights, float[] buffers) {
    /** Adds a parameter, with its values in the order of files, and returns the name of the constant. */
    String constant(Parameter parameter) {
        return constant(parameter, parameter.shape());
    }

    /** Adds a parameter in another shape with as many values, and returns the name of the constant. */
    String constant(Parameter parameter, Shape shape) {
        return graph.constant(parameter.name(), shape, parameter.toFile(weights));
    }

    /**
     * Adds the weight [out, in] of a linear layer as [in, out], by which sequences are multiplied, and returns its
     * name.
     */
    String transposed(String name, Shape shape, float[] values) {
        int out = shape.dimension(0);
        int in = shape.dimension(1);
        float[] turned = new float[values.length];
        for (int row = 0; row < out; row++) {
            for (int column = 0; column < in; column++) {
                turned[column * out + row] = values[row * in + column];
            }
        }
        return graph.constant(name + ".transposed", Shape.of(in, out), turned);
    }

    Folding.Product product(Layer layer) {
        return folding.product(layer, weights, buffers);
    }

    BatchNorm.Affine map(BatchNorm norm) {
        return norm.inferenceMap(weights, buffers);
    }
}
