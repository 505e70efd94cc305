package org.sparknorm.tensor;

import java.util.Arrays;

/**
 * The arithmetic of a convolution of images {@code [N, H, W, C]} to {@code [N, H', W', O]} with weights
 * {@code [K, K, C, O]}, as matrix products over tiles that stay in the processor's second cache.
 *
 * <p>Where the window has more than one row and images are not small, rows are expanded along x only and every row of the
 * window is a product of its own: a third of the copying of a whole expansion for 3×3. The gradient by the input of a
 * convolution of stride 1 is a convolution with the weights turned round.
 */
public final class Convolution {
    /** Values of a tile of patches. */
    private static final int TILE = 1 << 17;
    /** Up to so many products (M·N·K) OpenBLAS multiplies without rearranging its operands first. */
    private static final int SMALL_PRODUCT = 1_000_000;
    /** With fewer rows it is better to rearrange. */
    private static final int FEWEST_SMALL_ROWS = 48;
    /** A product that rearranges its weights has at least so many rows to make it worth it. */
    private static final int FEWEST_ROWS = 256;
    /** With fewer values in a row of the window, or smaller images, windows are expanded whole. */
    private static final int SHORTEST_SPAN = 24;

    private static final int SMALLEST_IMAGE = 64;
    private static final int FEWEST_WINOGRAD_CHANNELS = 32;
    private static final int SMALLEST_WINOGRAD_IMAGE = 7;

    private final Geometry geometry;
    private final Blas blas;
    private final Patches patches;
    private final int outputHeight;
    private final int outputWidth;
    private final int channels;
    private final int filters;
    private final int kernel;
    private final Winograd winograd;
    private Winograd winogradReverse;
    private Convolution reverse;

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
    }

    /** Is told of output values that are complete, while they are in cache. */
    @FunctionalInterface
    public interface Finished {
        void values(float[] y, int from, int to);
    }

    /** A view of weights or their gradients: all of the network's, and where these begin. */
    public record Weights(float[] data, int offset) {}

    public Convolution(Geometry geometry, Blas blas) {
        this.geometry = geometry;
        this.blas = blas;
        this.patches = new Patches(geometry.window(), geometry.height(), geometry.width(), geometry.channels());
        this.outputHeight = geometry.outputHeight();
        this.outputWidth = geometry.outputWidth();
        this.channels = geometry.channels();
        this.filters = geometry.filters();
        this.kernel = geometry.window().size();
        this.winograd = isForWinograd(geometry) ? new Winograd(geometry, blas) : null;
    }

    private static boolean isForWinograd(Geometry geometry) {
        Window window = geometry.window();
        return window.size() == 3
                && window.stride() == 1
                && Math.min(geometry.channels(), geometry.filters()) >= FEWEST_WINOGRAD_CHANNELS
                && Math.min(geometry.outputHeight(), geometry.outputWidth()) >= SMALLEST_WINOGRAD_IMAGE;
    }

    private boolean isPointwise() {
        return kernel == 1
                && geometry.window().stride() == 1
                && geometry.window().padding() == 0;
    }

    private boolean isExpandedWhole() {
        return kernel == 1 || kernel * channels < SHORTEST_SPAN || outputHeight * outputWidth < SMALLEST_IMAGE;
    }

    /**
     * y = x ∗ w.
     *
     * @param bias added to every pixel; null for none
     */
    public void forward(float[] x, int count, Weights w, Weights bias, float[] y, Scratch scratch, Finished finished) {
        if (isPointwise()) {
            int pixels = count * outputHeight * outputWidth;
            int tile = tileRows(channels, pixels, Math.max(channels, filters));
            for (int pixel = 0; pixel < pixels; pixel += tile) {
                int rows = Math.min(tile, pixels - pixel);
                product(x, pixel * channels, rows, channels, w, 0, bias, y, pixel);
                finished.values(y, pixel * filters, (pixel + rows) * filters);
            }
            return;
        }
        if (winograd != null) {
            winograd.forward(x, count, w, bias, y, scratch, finished);
            return;
        }
        if (isExpandedWhole()) {
            forwardWhole(x, count, w, bias, y, scratch, finished);
            return;
        }
        forwardRows(x, count, w, bias, y, scratch, finished);
    }

    private void forwardWhole(
            float[] x, int count, Weights w, Weights bias, float[] y, Scratch scratch, Finished finished) {
        int inner = kernel * kernel * channels;
        int pixels = count * outputHeight * outputWidth;
        int tile = tileRows(inner, pixels, inner);
        float[] matrix = scratch.take(tile * inner);
        for (int pixel = 0; pixel < pixels; pixel += tile) {
            int rows = Math.min(tile, pixels - pixel);
            patches.expandWhole(x, pixel, rows, matrix);
            product(matrix, 0, rows, inner, w, 0, bias, y, pixel);
            finished.values(y, pixel * filters, (pixel + rows) * filters);
        }
        scratch.give(matrix);
    }

    private void forwardRows(
            float[] x, int count, Weights w, Weights bias, float[] y, Scratch scratch, Finished finished) {
        int inner = kernel * channels;
        forEachRow(x, count, scratch, (strip, from, pixels, pixel, ky) -> {
            Weights row = new Weights(w.data(), w.offset() + ky * inner * filters);
            product(strip, from, pixels, inner, row, ky, bias, y, pixel);
            if (ky == kernel - 1) {
                finished.values(y, pixel * filters, (pixel + pixels) * filters);
            }
        });
    }

    /** What a row of the window sees from a block of output pixels: a matrix of that many rows at an index of the strip. */
    @FunctionalInterface
    private interface WindowRow {
        void see(float[] strip, int from, int pixels, int firstPixel, int ky);
    }

    /** Block by block of output pixels, and for each the rows of the window in order. */
    private void forEachRow(float[] x, int count, Scratch scratch, WindowRow windowRow) {
        int stripRows = stripRows();
        int blockRows = blockRows(stripRows);
        float[] strip = scratch.take(patches.stripLength(stripRows));
        for (int image = 0; image < count; image++) {
            for (int first = 0; first < outputHeight; first += stripRows) {
                int rows = Math.min(stripRows, outputHeight - first);
                patches.expandRows(x, image, first, rows, strip);
                for (int block = 0; block < rows; block += blockRows) {
                    int pixels = Math.min(blockRows, rows - block) * outputWidth;
                    int pixel = (image * outputHeight + first + block) * outputWidth;
                    for (int ky = 0; ky < kernel; ky++) {
                        int from = patches.offset(ky, rows) + block * patches.rowLength();
                        windowRow.see(strip, from, pixels, pixel, ky);
                    }
                }
            }
        }
        scratch.give(strip);
    }

    /** y[rows, O] = (part 0: bias, else y) + a[rows, inner]·w[inner, O]. */
    private void product(
            float[] a, int from, int rows, int inner, Weights w, int part, Weights bias, float[] y, int pixel) {
        if (part == 0 && bias != null) {
            for (int i = pixel; i < pixel + rows; i++) {
                System.arraycopy(bias.data(), bias.offset(), y, i * filters, filters);
            }
        }
        blas.multiply(
                Matrix.of(a, from, rows, inner),
                Matrix.of(w.data(), w.offset(), inner, filters),
                part == 0 && bias == null ? 0f : 1f,
                Matrix.of(y, pixel * filters, rows, filters));
    }

    /** dw += the products of what the windows see with the gradients of their outputs. */
    public void backwardWeights(float[] x, float[] dy, int count, Weights dw, Scratch scratch) {
        int pixels = count * outputHeight * outputWidth;
        if (isPointwise()) {
            int tile = tileRows(channels, pixels, Math.max(channels, filters));
            for (int pixel = 0; pixel < pixels; pixel += tile) {
                addProducts(x, pixel * channels, Math.min(tile, pixels - pixel), channels, dy, pixel, dw, 0);
            }
            return;
        }
        if (winograd != null) {
            winograd.backwardWeights(x, dy, count, dw, scratch);
            return;
        }
        if (isExpandedWhole()) {
            int inner = kernel * kernel * channels;
            int tile = tileRows(inner, pixels, inner);
            float[] matrix = scratch.take(tile * inner);
            for (int pixel = 0; pixel < pixels; pixel += tile) {
                int rows = Math.min(tile, pixels - pixel);
                patches.expandWhole(x, pixel, rows, matrix);
                addProducts(matrix, 0, rows, inner, dy, pixel, dw, 0);
            }
            scratch.give(matrix);
            return;
        }
        int inner = kernel * channels;
        forEachRow(
                x,
                count,
                scratch,
                (strip, from, rows, pixel, ky) ->
                        addProducts(strip, from, rows, inner, dy, pixel, dw, ky * inner * filters));
    }

    /** dw[inner, O] += a[rows, inner]ᵀ·dy[rows, O]. */
    private void addProducts(
            float[] a, int from, int rows, int inner, float[] dy, int pixel, Weights dw, int dwOffset) {
        blas.multiply(
                Matrix.of(a, from, rows, inner).transpose(),
                Matrix.of(dy, pixel * filters, rows, filters),
                1f,
                Matrix.of(dw.data(), dw.offset() + dwOffset, inner, filters));
    }

    /** dx: what every pixel of the input did to the outputs of the windows that see it. */
    public void backwardInput(float[] dy, int count, Weights w, float[] dx, Scratch scratch) {
        int pixels = count * outputHeight * outputWidth;
        Window window = geometry.window();
        if (isPointwise()) {
            int tile = tileRows(filters, pixels, Math.max(channels, filters));
            for (int pixel = 0; pixel < pixels; pixel += tile) {
                int rows = Math.min(tile, pixels - pixel);
                blas.multiply(
                        Matrix.of(dy, pixel * filters, rows, filters),
                        Matrix.of(w.data(), w.offset(), channels, filters).transpose(),
                        0f,
                        Matrix.of(dx, pixel * channels, rows, channels));
            }
            return;
        }
        if (winograd != null && window.padding() < kernel) {
            if (winogradReverse == null) {
                winogradReverse = Winograd.reverse(geometry, blas);
            }
            winogradReverse.forward(dy, count, w, null, dx, scratch, (y, from, to) -> {});
            return;
        }
        if (window.stride() == 1 && window.padding() < kernel) {
            float[] turned = scratch.take(geometry.weightCount());
            turn(w, turned);
            if (reverse == null) {
                reverse = reverse();
            }
            reverse.forward(dy, count, new Weights(turned, 0), null, dx, scratch, (y, from, to) -> {});
            scratch.give(turned);
            return;
        }
        int inner = kernel * kernel * channels;
        int tile = tileRows(inner, pixels, inner);
        float[] matrix = scratch.take(tile * inner);
        Arrays.fill(dx, 0, count * geometry.height() * geometry.width() * channels, 0f);
        for (int pixel = 0; pixel < pixels; pixel += tile) {
            int rows = Math.min(tile, pixels - pixel);
            blas.multiply(
                    Matrix.of(dy, pixel * filters, rows, filters),
                    Matrix.of(w.data(), w.offset(), inner, filters).transpose(),
                    0f,
                    Matrix.of(matrix, 0, rows, inner));
            patches.addWhole(matrix, pixel, rows, dx);
        }
        scratch.give(matrix);
    }

    /** The convolution of dy with the turned weights. */
    private Convolution reverse() {
        Window window = new Window(kernel, 1, kernel - 1 - geometry.window().padding());
        return new Convolution(new Geometry(window, outputHeight, outputWidth, filters, channels), blas);
    }

    /** [K, K, C, O] to [K, K, O, C], first and last row and column of the window changing places. */
    private void turn(Weights w, float[] turned) {
        int plane = channels * filters;
        int places = kernel * kernel;
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

    /** Output rows that are expanded at a time. */
    private int stripRows() {
        return Math.max(1, Math.min(outputHeight, TILE / (geometry.window().stride() * patches.rowLength())));
    }

    /** Output rows of one product: few enough for a small one, if that leaves enough pixels. */
    private int blockRows(int stripRows) {
        int smallPixels = SMALL_PRODUCT / (kernel * channels * filters);
        int rows = smallPixels / outputWidth;
        return rows * outputWidth >= FEWEST_SMALL_ROWS ? Math.min(rows, stripRows) : stripRows;
    }

    /** Pixels of one product of so many values each. */
    private int tileRows(int inner, int pixels, int values) {
        int inCache = Math.max(1, TILE / values);
        int small = SMALL_PRODUCT / (inner * filters);
        return Math.min(pixels, small >= FEWEST_SMALL_ROWS ? Math.min(small, inCache) : Math.max(FEWEST_ROWS, inCache));
    }
}
