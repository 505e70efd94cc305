package org.sparknorm.tensor.convolution;

import org.sparknorm.tensor.Scratch;

/** A way to make matrix products of the gradient of a convolution by its input. */
interface InputGradientScheme {
    /** Writes dx: what every pixel of the input did to the outputs of the windows that see it. */
    void backwardInput(float[] dy, int count, Weights w, float[] dx, Scratch scratch);

    /** Lengths of the arrays that it takes of a scratch at once, for that many images. */
    long[] inputScratchLengths(int count);
}
