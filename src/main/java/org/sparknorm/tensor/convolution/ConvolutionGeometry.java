package org.sparknorm.tensor.convolution;

import org.sparknorm.tensor.Window;

/** The sizes of a convolution: of its window and of the images {@code [height, width, channels]} it sees, in pixels. */
public record ConvolutionGeometry(Window window, int height, int width, int channels, int filters) {
    public int outputHeight() {
        return window.places(height);
    }

    public int outputWidth() {
        return window.places(width);
    }

    public int weightCount() {
        return window.size() * window.size() * channels * filters;
    }

    int inputSize(int images) {
        return images * height * width * channels;
    }

    int outputPixels(int images) {
        return images * outputHeight() * outputWidth();
    }

    /** Whether the gradient by the input is itself a convolution, of the gradient by the output. */
    boolean hasReverse() {
        return window.stride() == 1 && window.padding() < window.size();
    }

    /** Gives the sizes of the convolution that makes dx of dy; see {@link #hasReverse}. */
    ConvolutionGeometry reverse() {
        int kernel = window.size();
        Window seenFromInput = new Window(kernel, 1, kernel - 1 - window.padding());
        return new ConvolutionGeometry(seenFromInput, outputHeight(), outputWidth(), filters, channels);
    }
}
