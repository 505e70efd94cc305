package org.sparknorm.nn;

import org.sparknorm.tensor.Tensor;

/**
 * A layer that can add the output of another branch to its own, and apply an activation, in the same pass over memory.
 */
public interface FusesResidual extends Layer {
    /**
     * Gives activation(output + residual). The backward pass is that of {@link Layer}: it begins with the gradient that
     * has been taken back through the activation.
     *
     * @param residual null for none
     */
    Tensor forwardWithResidual(Tensor x, Tensor residual, Activation.Kind activation, Pass pass);

    /** The activation that {@link #forward} applies, and {@link #forwardWithResidual} leaves out. */
    Activation.Kind activation();

    @Override
    default Tensor forward(Tensor x, Pass pass) {
        return forwardWithResidual(x, null, activation(), pass);
    }
}
