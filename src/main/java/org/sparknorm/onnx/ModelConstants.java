package org.sparknorm.onnx;

import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Parameter;
import org.sparknorm.nn.norm.BatchNorm;
import org.sparknorm.nn.norm.Folding;
import org.sparknorm.tensor.Shape;

/**
 * What was trained, as constants of a graph.
 *
 * @param weights all of the network
 * @param buffers all running statistics of the network
 */
record ModelConstants(Graph graph, Folding folding, float[] weights, float[] buffers) {
    /** In the order of files. @return name of the constant */
    String constant(Parameter parameter) {
        return constant(parameter, parameter.shape());
    }

    /** The same in another shape of as many values. */
    String constant(Parameter parameter, Shape shape) {
        return graph.constant(parameter.name(), shape, parameter.toFile(weights));
    }

    /** [out, in] of a linear layer as [in, out], by which positions of sequences are multiplied. */
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
