package org.sparknorm.tensor.convolution;

import org.sparknorm.tensor.Scratch;

/** A way to make matrix products of a convolution. */
interface ConvolutionScheme {
    /**
     * y = x ∗ w.
     *
     * @param bias added to every pixel; null for none
     */
    void forward(
            float[] x,
            int count,
            Convolution.Weights w,
            Convolution.Weights bias,
            float[] y,
            Scratch scratch,
            Convolution.Finished finished);

    /** dw += the products of what the windows see with the gradients of their outputs. */
    void backwardWeights(float[] x, float[] dy, int count, Convolution.Weights dw, Scratch scratch);

    /** Lengths of the arrays that either direction takes of a scratch at once, for that many images. */
    long[] scratchLengths(int count);
}
