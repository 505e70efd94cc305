package org.sparknorm.tensor.convolution;

import java.util.Arrays;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Matrix;
import org.sparknorm.tensor.Scratch;

/**
 * A scheme that expands windows whole, the pixels of several images in one matrix: for few channels, small images and
 * large strides.
 */
final class WholeWindowScheme implements ConvolutionScheme, InputGradientScheme {
    private final ConvolutionGeometry geometry;
    private final Blas blas;
    private final TileProducts products;
    private final Im2col im2col;
    private final int inner;
    private final boolean isSingleChannel;

    WholeWindowScheme(ConvolutionGeometry geometry, Blas blas) {
        int kernel = geometry.window().size();
        this.geometry = geometry;
        this.blas = blas;
        this.products = new TileProducts(geometry.filters(), blas);
        this.im2col = new Im2col(geometry.window(), geometry.height(), geometry.width(), geometry.channels());
        this.inner = kernel * kernel * geometry.channels();
        this.isSingleChannel = geometry.channels() == 1 && geometry.window().stride() == 1;
    }

    /** What the windows of a tile see, as rows of a matrix, and the first of its pixels. */
    @FunctionalInterface
    private interface Tile {
        void see(Matrix windows, int pixel);
    }

    private void forEachTile(float[] x, int count, Scratch scratch, Tile tile) {
        int pixels = geometry.outputPixels(count);
        int most = tile(pixels);
        float[] matrix = scratch.take(most * inner);
        for (int pixel = 0; pixel < pixels; pixel += most) {
            int rows = Math.min(most, pixels - pixel);
            tile.see(expand(x, pixel, rows, matrix), pixel);
        }
        scratch.give(matrix);
    }

    /** Whole rows where windows are expanded by pixel. */
    private int tile(int pixels) {
        int most = products.tileRows(inner, pixels, inner);
        return isSingleChannel ? Math.max(1, most / geometry.outputWidth()) * geometry.outputWidth() : most;
    }

    @Override
    public long[] scratchLengths(int count) {
        return new long[] {(long) tile(geometry.outputPixels(count)) * inner};
    }

    @Override
    public long[] inputScratchLengths(int count) {
        return scratchLengths(count);
    }

    private Matrix expand(float[] x, int pixel, int rows, float[] matrix) {
        if (isSingleChannel) {
            int width = geometry.outputWidth();
            im2col.expandByPixel(x, pixel / width, rows / width, matrix);
            return Matrix.of(matrix, 0, inner, rows).transpose();
        }
        im2col.expandWhole(x, pixel, rows, matrix);
        return Matrix.of(matrix, 0, rows, inner);
    }

    @Override
    public void forward(ForwardPass pass, Scratch scratch) {
        Matrix weights = products.weights(pass.weights(), 0, inner);
        int filters = geometry.filters();
        forEachTile(pass.x(), pass.count(), scratch, (windows, pixel) -> {
            products.begin(windows, weights, pass.bias(), pass.y(), pixel);
            pass.listener().completed(pass.y(), pixel * filters, (pixel + windows.visibleRows()) * filters);
        });
    }

    @Override
    public void backwardWeights(float[] x, float[] dy, int count, Weights dw, Scratch scratch) {
        Matrix gradients = products.weights(dw, 0, inner);
        forEachTile(x, count, scratch, (windows, pixel) -> products.addGradients(windows, dy, pixel, gradients));
    }

    /** Writes dx for any window: products with the weights, every value added to the pixel that it belongs to. */
    @Override
    public void backwardInput(float[] dy, int count, Weights w, float[] dx, Scratch scratch) {
        Arrays.fill(dx, 0, geometry.inputSize(count), 0f);
        int filters = geometry.filters();
        int pixels = geometry.outputPixels(count);
        int most = products.tileRows(inner, pixels, inner);
        float[] matrix = scratch.take(most * inner);
        Matrix weights = products.weights(w, 0, inner).transpose();
        for (int pixel = 0; pixel < pixels; pixel += most) {
            int rows = Math.min(most, pixels - pixel);
            blas.multiply(
                    Matrix.of(dy, pixel * filters, rows, filters), weights, 0f, Matrix.of(matrix, 0, rows, inner));
            im2col.addWhole(matrix, pixel, rows, dx);
        }
        scratch.give(matrix);
    }
}
