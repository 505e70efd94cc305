package org.sparknorm.tensor.convolution;

import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Matrix;
import org.sparknorm.tensor.Scratch;

/** 1×1 windows of stride 1: the image is the matrix. */
final class PointwiseScheme implements ConvolutionScheme {
    private final Convolution.Geometry geometry;
    private final TileProducts products;
    private final int channels;
    private final int filters;

    PointwiseScheme(Convolution.Geometry geometry, Blas blas) {
        this.geometry = geometry;
        this.products = new TileProducts(geometry.filters(), blas);
        this.channels = geometry.channels();
        this.filters = geometry.filters();
    }

    private int tile(int pixels) {
        return products.tileRows(channels, pixels, Math.max(channels, filters));
    }

    @Override
    public void forward(
            float[] x,
            int count,
            Convolution.Weights w,
            Convolution.Weights bias,
            float[] y,
            Scratch scratch,
            Convolution.Finished finished) {
        int pixels = geometry.outputPixels(count);
        int tile = tile(pixels);
        Matrix weights = products.weights(w, 0, channels);
        for (int pixel = 0; pixel < pixels; pixel += tile) {
            int rows = Math.min(tile, pixels - pixel);
            products.begin(Matrix.of(x, pixel * channels, rows, channels), weights, bias, y, pixel);
            finished.values(y, pixel * filters, (pixel + rows) * filters);
        }
    }

    @Override
    public void backwardWeights(float[] x, float[] dy, int count, Convolution.Weights dw, Scratch scratch) {
        int pixels = geometry.outputPixels(count);
        int tile = tile(pixels);
        Matrix gradients = products.weights(dw, 0, channels);
        for (int pixel = 0; pixel < pixels; pixel += tile) {
            int rows = Math.min(tile, pixels - pixel);
            products.addGradients(Matrix.of(x, pixel * channels, rows, channels), dy, pixel, gradients);
        }
    }

    @Override
    public long[] scratchLengths(int count) {
        return new long[0];
    }

    /** dx = dy·wᵀ. */
    void backwardInput(float[] dy, int count, Convolution.Weights w, float[] dx, Blas blas) {
        int pixels = geometry.outputPixels(count);
        int tile = tile(pixels);
        Matrix weights = products.weights(w, 0, channels).transpose();
        for (int pixel = 0; pixel < pixels; pixel += tile) {
            int rows = Math.min(tile, pixels - pixel);
            blas.multiply(
                    Matrix.of(dy, pixel * filters, rows, filters),
                    weights,
                    0f,
                    Matrix.of(dx, pixel * channels, rows, channels));
        }
    }
}
