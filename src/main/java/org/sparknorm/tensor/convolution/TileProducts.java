package org.sparknorm.tensor.convolution;

import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Matrix;

/** Makes the products of one tile: rows of what windows see, with weights to O filters. */
final class TileProducts {
    /** Values of a tile that stay in the processor's second cache. */
    static final int TILE = 1 << 17;
    /** OpenBLAS multiplies up to so many products (M·N·K) without rearranging its operands first. */
    static final int SMALL_PRODUCT = 1_000_000;
    /** With fewer rows it is better to rearrange. */
    static final int FEWEST_SMALL_ROWS = 48;
    /** A product that rearranges its weights has at least so many rows to make it worth it. */
    private static final int FEWEST_ROWS = 256;

    private final int filters;
    private final Blas blas;

    TileProducts(int filters, Blas blas) {
        this.filters = filters;
        this.blas = blas;
    }

    /**
     * Gives the number of pixels in one tile.
     *
     * @param inner values of a row of the product
     * @param values that a pixel has in the larger of the two matrices
     */
    int tileRows(int inner, int pixels, int values) {
        int inCache = Math.max(1, TILE / values);
        int small = SMALL_PRODUCT / (inner * filters);
        return Math.min(pixels, small >= FEWEST_SMALL_ROWS ? Math.min(small, inCache) : Math.max(FEWEST_ROWS, inCache));
    }

    /** y[pixel.., O] = bias (null: 0) + a·w. */
    void begin(Matrix a, Matrix w, Weights bias, float[] y, int pixel) {
        if (bias != null) {
            for (int i = pixel; i < pixel + a.visibleRows(); i++) {
                System.arraycopy(bias.data(), bias.offset(), y, i * filters, filters);
            }
        }
        blas.multiply(a, w, bias == null ? 0f : 1f, Matrix.of(y, pixel * filters, a.visibleRows(), filters));
    }

    /** y[pixel.., O] += a·w. */
    void add(Matrix a, Matrix w, float[] y, int pixel) {
        blas.multiply(a, w, 1f, Matrix.of(y, pixel * filters, a.visibleRows(), filters));
    }

    /** dw += aᵀ·dy[pixel.., O]. */
    void addGradients(Matrix a, float[] dy, int pixel, Matrix dw) {
        blas.multiply(a.transpose(), Matrix.of(dy, pixel * filters, a.visibleRows(), filters), 1f, dw);
    }

    /** Gives the rows of the weights, [inner, O], that come after some others. */
    Matrix weights(Weights w, int rowsBefore, int inner) {
        return Matrix.of(w.data(), w.offset() + rowsBefore * filters, inner, filters);
    }
}
