package org.sparknorm.nn;

import java.util.List;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/**
 * A differentiable function of a batch {@code [N, ...]} with parameters. N may be 0 and may change from call to call. A
 * layer belongs to one slice and is called by one thread at a time. What {@link #forward} returns is its own buffer,
 * valid until its next call; what {@link #backward} returns is taken from the pass's {@link
 * org.sparknorm.tensor.Scratch}, or is the argument's own array seen in another shape, and the caller gives it back.
 * Neither direction changes its argument.
 */
public interface Layer {
    /**
     * Gives the shape of one example after this layer.
     *
     * @throws IllegalArgumentException if an example of the input shape does not fit; names the layer and both shapes
     */
    Shape outputShape(Shape input);

    Tensor forward(Tensor x, Pass pass);

    /**
     * Called once after each forward pass in training.
     *
     * @return the gradient of the loss by x, or null where the layer was built for an input that needs none
     */
    Tensor backward(Tensor dy, Pass pass);

    /** In the order of files; the same at every call. */
    List<Parameter> parameters();

    /** In the order of files; empty for all layers but norms. */
    default List<RunningStatistics> runningStatistics() {
        return List.of();
    }

    /** Returns a lower bound of the number of values that it keeps from the forward pass of so many examples. */
    default long keptValues(Shape input, int examples) {
        return (long) outputShape(input).size() * examples;
    }

    /** Shows the visitor this layer or, for a container, the layers in it, in the order of the forward pass. */
    default void visit(Shape input, LayerVisitor visitor) {
        visitor.leaf(this, input, outputShape(input));
    }
}
