package org.sparknorm.tensor.convolution;

import java.util.Arrays;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Window;

/**
 * The arithmetic of a convolution of images {@code [N, H, W, C]} to {@code [N, H', W', O]} with weights
 * {@code [K, K, C, O]}, as matrix products over tiles that stay in the processor's second cache; which products, its
 * {@link ConvolutionScheme} says. The gradient by the input of a convolution of stride 1 is a convolution with the weights
 * turned round.
 */
public final class Convolution {
    /** With fewer values in a row of the window, or smaller images, windows are expanded whole. */
    private static final int SHORTEST_SPAN = 24;

    private static final int SMALLEST_IMAGE = 64;
    private static final int FEWEST_WINOGRAD_CHANNELS = 32;
    private static final int SMALLEST_WINOGRAD_IMAGE = 7;

    private final Geometry geometry;
    private final Blas blas;
    private final ConvolutionScheme scheme;
    /** The convolution of dy, where there is one; made when it is first needed. */
    private ConvolutionScheme reverse;
    /** For dx where there is none; made alike. */
    private WholeWindowScheme wholeWindows;

    /** Of one convolution; sizes in pixels. */
    public record Geometry(Window window, int height, int width, int channels, int filters) {
        public int outputHeight() {
            return window.places(height);
        }

        public int outputWidth() {
            return window.places(width);
        }

        public int weightCount() {
            return window.size() * window.size() * channels * filters;
        }

        int outputPixels(int images) {
            return images * outputHeight() * outputWidth();
        }

        /** Of the convolution that makes dx of dy, at stride 1. */
        Geometry reverse() {
            int kernel = window.size();
            Window seenFromInput = new Window(kernel, 1, kernel - 1 - window.padding());
            return new Geometry(seenFromInput, outputHeight(), outputWidth(), filters, channels);
        }
    }

    /** Is told of output values that are complete, while they are in cache. */
    @FunctionalInterface
    public interface Finished {
        Finished NOBODY = (y, from, to) -> {};

        void values(float[] y, int from, int to);
    }

    /** A view of weights or their gradients: all of the network's, and where these begin. */
    public record Weights(float[] data, int offset) {}

    public Convolution(Geometry geometry, Blas blas) {
        this.geometry = geometry;
        this.blas = blas;
        this.scheme = scheme(geometry, blas);
    }

    private static ConvolutionScheme scheme(Geometry geometry, Blas blas) {
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

    private static boolean isPointwise(Geometry geometry) {
        return geometry.window().equals(new Window(1, 1, 0));
    }

    private static boolean isForWinograd(Geometry geometry) {
        Window window = geometry.window();
        return window.size() == 3
                && window.stride() == 1
                && Math.min(geometry.channels(), geometry.filters()) >= FEWEST_WINOGRAD_CHANNELS
                && Math.min(geometry.outputHeight(), geometry.outputWidth()) >= SMALLEST_WINOGRAD_IMAGE;
    }

    private static boolean isForWholeWindows(Geometry geometry) {
        int kernel = geometry.window().size();
        return kernel == 1 || kernel * geometry.channels() < SHORTEST_SPAN || geometry.outputPixels(1) < SMALLEST_IMAGE;
    }

    /**
     * y = x ∗ w.
     *
     * @param bias added to every pixel; null for none
     */
    public void forward(float[] x, int count, Weights w, Weights bias, float[] y, Scratch scratch, Finished finished) {
        scheme.forward(x, count, w, bias, y, scratch, finished);
    }

    /** dw += the products of what the windows see with the gradients of their outputs. */
    public void backwardWeights(float[] x, float[] dy, int count, Weights dw, Scratch scratch) {
        scheme.backwardWeights(x, dy, count, dw, scratch);
    }

    /** dx: what every pixel of the input did to the outputs of the windows that see it. */
    public void backwardInput(float[] dy, int count, Weights w, float[] dx, Scratch scratch) {
        if (scheme instanceof PointwiseScheme pointwise) {
            pointwise.backwardInput(dy, count, w, dx, blas);
            return;
        }
        if (!hasReverse()) {
            Arrays.fill(dx, 0, count * geometry.height() * geometry.width() * geometry.channels(), 0f);
            wholeWindows().backwardInput(dy, count, w, dx, scratch, blas);
            return;
        }
        if (reverse() instanceof Winograd) {
            reverse.forward(dy, count, w, null, dx, scratch, Finished.NOBODY);
            return;
        }
        float[] turned = scratch.take(geometry.weightCount());
        turn(w, turned);
        reverse.forward(dy, count, new Weights(turned, 0), null, dx, scratch, Finished.NOBODY);
        scratch.give(turned);
    }

    private boolean hasReverse() {
        Window window = geometry.window();
        return window.stride() == 1 && window.padding() < window.size();
    }

    private ConvolutionScheme reverse() {
        if (reverse == null) {
            reverse = isForWinograd(geometry) ? Winograd.reverse(geometry, blas) : scheme(geometry.reverse(), blas);
        }
        return reverse;
    }

    private WholeWindowScheme wholeWindows() {
        if (wholeWindows == null) {
            wholeWindows = new WholeWindowScheme(geometry, blas);
        }
        return wholeWindows;
    }

    /** Lengths of the arrays that {@link #forward} and {@link #backwardWeights} take of a scratch at once. */
    public long[] scratchLengths(int count) {
        return scheme.scratchLengths(countable(count));
    }

    /** Lengths of the arrays that {@link #backwardInput} takes of a scratch at once. */
    public long[] inputScratchLengths(int count) {
        int images = countable(count);
        if (scheme instanceof PointwiseScheme) {
            return new long[0];
        }
        if (!hasReverse()) {
            return wholeWindows().scratchLengths(images);
        }
        long[] lengths = reverse().scratchLengths(images);
        if (reverse instanceof Winograd) {
            return lengths;
        }
        long[] withWeights = Arrays.copyOf(lengths, lengths.length + 1);
        withWeights[lengths.length] = geometry.weightCount();
        return withWeights;
    }

    /** Images whose pixels can be numbered; more take no larger tiles. */
    private int countable(int count) {
        int pixels = Math.max(geometry.height() * geometry.width(), geometry.outputPixels(1));
        return Math.min(count, Integer.MAX_VALUE / pixels);
    }

    /** [K, K, C, O] to [K, K, O, C], first and last row and column of the window changing places. */
    private void turn(Weights w, float[] turned) {
        int channels = geometry.channels();
        int filters = geometry.filters();
        int plane = channels * filters;
        int places = geometry.window().size() * geometry.window().size();
        for (int place = 0; place < places; place++) {
            int from = w.offset() + place * plane;
            int to = (places - 1 - place) * plane;
            for (int c = 0; c < channels; c++) {
                for (int o = 0; o < filters; o++) {
                    turned[to + o * channels + c] = w.data()[from + c * filters + o];
                }
            }
        }
    }
}
