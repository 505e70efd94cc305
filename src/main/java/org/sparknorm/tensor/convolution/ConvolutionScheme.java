package org.sparknorm.tensor.convolution;

import org.sparknorm.tensor.Scratch;

/** A way to make matrix products of a convolution. */
interface ConvolutionScheme {
    /** Writes y = x ∗ w + bias. */
    void forward(ForwardPass pass, Scratch scratch);

    /** dw += the products of what the windows see with the gradients of their outputs. */
    void backwardWeights(float[] x, float[] dy, int count, Weights dw, Scratch scratch);

    /** Lengths of the arrays that either direction takes of a scratch at once, for that many images. */
    long[] scratchLengths(int count);
}
