package org.sparknorm.tensor.convolution;

import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Window;

/**
 * The arithmetic of a convolution of images {@code [N, H, W, C]} to {@code [N, H', W', O]} with weights {@code [K, K,
 * C, O]}, as matrix products over tiles that stay in the processor's second cache. It picks the schemes that say which
 * products.
 */
public final class Convolution {
    /** With fewer values in a row of the window, or smaller images, windows are expanded whole. */
    private static final int SHORTEST_SPAN = 24;

    private static final int SMALLEST_IMAGE = 64;
    private static final int FEWEST_WINOGRAD_CHANNELS = 32;
    private static final int SMALLEST_WINOGRAD_IMAGE = 7;

    private final ConvolutionGeometry geometry;
    private final Blas blas;
    private final ConvolutionScheme scheme;
    /** Made when it is first needed. */
    private InputGradientScheme inputGradient;

    public Convolution(ConvolutionGeometry geometry, Blas blas) {
        this.geometry = geometry;
        this.blas = blas;
        this.scheme = scheme(geometry, blas);
    }

    private static ConvolutionScheme scheme(ConvolutionGeometry geometry, Blas blas) {
        if (isPointwise(geometry)) {
            return new PointwiseScheme(geometry, blas);
        }
        if (isForWinograd(geometry)) {
            return new Winograd(geometry, blas);
        }
        return isForWholeWindows(geometry)
                ? new WholeWindowScheme(geometry, blas)
                : new WindowRowScheme(geometry, blas);
    }

    private static InputGradientScheme inputGradient(ConvolutionGeometry geometry, Blas blas) {
        if (isPointwise(geometry)) {
            return new PointwiseScheme(geometry, blas);
        }
        if (!geometry.hasReverse()) {
            return new WholeWindowScheme(geometry, blas);
        }
        return isForWinograd(geometry)
                ? Winograd.inputGradient(geometry, blas)
                : new TurnedConvolution(geometry, scheme(geometry.reverse(), blas));
    }

    private static boolean isPointwise(ConvolutionGeometry geometry) {
        return geometry.window().equals(new Window(1, 1, 0));
    }

    private static boolean isForWinograd(ConvolutionGeometry geometry) {
        Window window = geometry.window();
        return window.size() == 3
                && window.stride() == 1
                && Math.min(geometry.channels(), geometry.filters()) >= FEWEST_WINOGRAD_CHANNELS
                && Math.min(geometry.outputHeight(), geometry.outputWidth()) >= SMALLEST_WINOGRAD_IMAGE;
    }

    private static boolean isForWholeWindows(ConvolutionGeometry geometry) {
        int kernel = geometry.window().size();
        return kernel == 1 || kernel * geometry.channels() < SHORTEST_SPAN || geometry.outputPixels(1) < SMALLEST_IMAGE;
    }

    /** Writes y = x ∗ w + bias. */
    public void forward(ForwardPass pass, Scratch scratch) {
        scheme.forward(pass, scratch);
    }

    /** dw += the products of what the windows see with the gradients of their outputs. */
    public void backwardWeights(float[] x, float[] dy, int count, Weights dw, Scratch scratch) {
        scheme.backwardWeights(x, dy, count, dw, scratch);
    }

    /** Writes dx: what every pixel of the input did to the outputs of the windows that see it. */
    public void backwardInput(float[] dy, int count, Weights w, float[] dx, Scratch scratch) {
        inputGradient().backwardInput(dy, count, w, dx, scratch);
    }

    private InputGradientScheme inputGradient() {
        if (inputGradient == null) {
            inputGradient = inputGradient(geometry, blas);
        }
        return inputGradient;
    }

    /** Lengths of the arrays that {@link #forward} and {@link #backwardWeights} take of a scratch at once. */
    public long[] scratchLengths(int count) {
        return scheme.scratchLengths(countable(count));
    }

    /** Lengths of the arrays that {@link #backwardInput} takes of a scratch at once. */
    public long[] inputScratchLengths(int count) {
        return inputGradient().inputScratchLengths(countable(count));
    }

    /** The number of images whose pixels can be numbered, at most; more take no larger tiles. */
    private int countable(int count) {
        int pixels = Math.max(geometry.height() * geometry.width(), geometry.outputPixels(1));
        return Math.min(count, Integer.MAX_VALUE / pixels);
    }
}
