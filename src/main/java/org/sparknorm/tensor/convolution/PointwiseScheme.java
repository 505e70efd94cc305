package org.sparknorm.tensor.convolution;

import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Matrix;
import org.sparknorm.tensor.Scratch;

/** A scheme for 1×1 windows of stride 1, whose image is the matrix of the product. */
final class PointwiseScheme implements ConvolutionScheme, InputGradientScheme {
    private final ConvolutionGeometry geometry;
    private final Blas blas;
    private final TileProducts products;
    private final int channels;
    private final int filters;

    PointwiseScheme(ConvolutionGeometry geometry, Blas blas) {
        this.geometry = geometry;
        this.blas = blas;
        this.products = new TileProducts(geometry.filters(), blas);
        this.channels = geometry.channels();
        this.filters = geometry.filters();
    }

    private int tile(int pixels) {
        return products.tileRows(channels, pixels, Math.max(channels, filters));
    }

    @Override
    public void forward(ForwardPass pass, Scratch scratch) {
        int pixels = geometry.outputPixels(pass.count());
        int tile = tile(pixels);
        Matrix weights = products.weights(pass.weights(), 0, channels);
        for (int pixel = 0; pixel < pixels; pixel += tile) {
            int rows = Math.min(tile, pixels - pixel);
            Matrix pixelRows = Matrix.of(pass.x(), pixel * channels, rows, channels);
            products.begin(pixelRows, weights, pass.bias(), pass.y(), pixel);
            pass.listener().completed(pass.y(), pixel * filters, (pixel + rows) * filters);
        }
    }

    @Override
    public void backwardWeights(float[] x, float[] dy, int count, Weights dw, Scratch scratch) {
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

    @Override
    public long[] inputScratchLengths(int count) {
        return new long[0];
    }

    /** dx = dy·wᵀ. */
    @Override
    public void backwardInput(float[] dy, int count, Weights w, float[] dx, Scratch scratch) {
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
