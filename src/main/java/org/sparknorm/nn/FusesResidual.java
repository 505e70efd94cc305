package org.sparknorm.nn;

import org.sparknorm.tensor.Tensor;

/** A layer at the end of a branch that can add another branch to its output, and apply an activation, in the same pass. */
public interface FusesResidual extends Layer {
    /**
     * activation(output + addend). The backward pass is that of {@link Layer}: it begins with the gradient behind the
     * activation's derivative.
     */
    Tensor forwardJoining(Tensor x, Tensor addend, Activation.Kind activation, Pass pass);

    /** What {@link #forward} applies, and joining leaves out. */
    Activation.Kind activation();
}
