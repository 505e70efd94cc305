package org.sparknorm.tensor.convolution;

import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Matrix;
import org.sparknorm.tensor.Scratch;

/**
 * A scheme that expands images along x only, and makes a product of every row of the window: a third of the copying of
 * a whole expansion for 3×3.
 */
final class WindowRowScheme implements ConvolutionScheme {
    private final ConvolutionGeometry geometry;
    private final TileProducts products;
    private final Im2col im2col;
    private final int kernel;
    private final int inner;

    WindowRowScheme(ConvolutionGeometry geometry, Blas blas) {
        this.geometry = geometry;
        this.products = new TileProducts(geometry.filters(), blas);
        this.im2col = new Im2col(geometry.window(), geometry.height(), geometry.width(), geometry.channels());
        this.kernel = geometry.window().size();
        this.inner = kernel * geometry.channels();
    }

    /** What a row of the window sees from a block of output pixels. */
    @FunctionalInterface
    private interface WindowRow {
        void see(Matrix row, int firstPixel, int ky);
    }

    @Override
    public void forward(ForwardPass pass, Scratch scratch) {
        int filters = geometry.filters();
        forEachRow(pass.x(), pass.count(), scratch, (row, pixel, ky) -> {
            Matrix weights = products.weights(pass.weights(), ky * inner, inner);
            if (ky == 0) {
                products.begin(row, weights, pass.bias(), pass.y(), pixel);
            } else {
                products.add(row, weights, pass.y(), pixel);
            }
            if (ky == kernel - 1) {
                pass.listener().completed(pass.y(), pixel * filters, (pixel + row.rows()) * filters);
            }
        });
    }

    @Override
    public void backwardWeights(float[] x, float[] dy, int count, Weights dw, Scratch scratch) {
        forEachRow(
                x,
                count,
                scratch,
                (row, pixel, ky) -> products.addGradients(row, dy, pixel, products.weights(dw, ky * inner, inner)));
    }

    /** Block by block of output pixels, and for each the rows of the window in order. */
    private void forEachRow(float[] x, int count, Scratch scratch, WindowRow windowRow) {
        int outputHeight = geometry.outputHeight();
        int outputWidth = geometry.outputWidth();
        int stripRows = stripRows();
        int blockRows = blockRows(stripRows);
        float[] strip = scratch.take(im2col.stripLength(stripRows));
        for (int image = 0; image < count; image++) {
            for (int first = 0; first < outputHeight; first += stripRows) {
                int rows = Math.min(stripRows, outputHeight - first);
                im2col.expandRows(x, image, first, rows, strip);
                for (int block = 0; block < rows; block += blockRows) {
                    int pixels = Math.min(blockRows, rows - block) * outputWidth;
                    int pixel = (image * outputHeight + first + block) * outputWidth;
                    for (int ky = 0; ky < kernel; ky++) {
                        int from = im2col.offset(ky, rows) + block * im2col.rowLength();
                        windowRow.see(Matrix.of(strip, from, pixels, inner), pixel, ky);
                    }
                }
            }
        }
        scratch.give(strip);
    }

    @Override
    public long[] scratchLengths(int count) {
        return new long[] {im2col.stripLength(stripRows())};
    }

    /** Output rows that are expanded at a time. */
    private int stripRows() {
        int values = geometry.window().stride() * im2col.rowLength();
        return Math.max(1, Math.min(geometry.outputHeight(), TileProducts.TILE / values));
    }

    /** Output rows of one product: few enough for a small one, if that leaves enough pixels. */
    private int blockRows(int stripRows) {
        int smallPixels = TileProducts.SMALL_PRODUCT / (inner * geometry.filters());
        int rows = smallPixels / geometry.outputWidth();
        return rows * geometry.outputWidth() >= TileProducts.FEWEST_SMALL_ROWS ? Math.min(rows, stripRows) : stripRows;
    }
}
