package org.sparknorm.tensor.convolution;

import java.util.Arrays;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Matrix;
import org.sparknorm.tensor.Scratch;

/**
 * 3×3 convolutions of stride 1 by Winograd's F(4×4, 3×3) (Lavin and Gray 2016): tiles of 4×4 outputs from 6×6 inputs
 * become 36 points, and each point a matrix product over channels: 36 products in place of 144. Rounding errors are about
 * ten times those of the direct sum, still within what a different order of a sum of thousands makes.
 *
 * <p>Tiles are taken in blocks that stay in the second cache; in a block, point by point, all tiles' channels stand in one
 * array, which is at once the matrix of the product.
 */
final class Winograd implements ConvolutionScheme {
    private static final int TILE = 4;
    private static final int EDGE = 6;
    private static final int POINTS = EDGE * EDGE;
    private static final int KERNEL = 3;
    /** Values of a point, of input and output channels together: 36 points fill the second cache of a server. */
    private static final int BLOCK_VALUES = 16384;

    private static final int FEWEST_TILES = 64;
    /** Six arrays of this length stay in the first cache. */
    private static final int STRETCH = 512;

    private final Convolution.Geometry geometry;
    private final Blas blas;
    private final int channels;
    private final int filters;
    private final int tileRows;
    private final int tileColumns;
    private final boolean turned;
    private final TileTransforms transforms = TileTransforms.best();

    /** Does something along an axis to six arrays. */
    @FunctionalInterface
    private interface Transform {
        void apply(float[] v0, float[] v1, float[] v2, float[] v3, float[] v4, float[] v5, int from, int to);
    }

    Winograd(Convolution.Geometry geometry, Blas blas) {
        this(geometry, blas, false);
    }

    /**
     * The gradient by the input, as a convolution of the gradient by the output.
     *
     * @param forward the convolution itself, whose weights will be given as they are
     */
    static Winograd reverse(Convolution.Geometry forward, Blas blas) {
        return new Winograd(forward.reverse(), blas, true);
    }

    /** @param turned whether weights are given as [K, K, O, C], and are to be turned by half a circle */
    private Winograd(Convolution.Geometry geometry, Blas blas, boolean turned) {
        this.turned = turned;
        this.geometry = geometry;
        this.blas = blas;
        this.channels = geometry.channels();
        this.filters = geometry.filters();
        this.tileRows = (geometry.outputHeight() + TILE - 1) / TILE;
        this.tileColumns = (geometry.outputWidth() + TILE - 1) / TILE;
    }

    private int blockTiles(int tiles) {
        return Math.min(tiles, Math.max(FEWEST_TILES, BLOCK_VALUES / (channels + filters)));
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
        int tiles = count * tileRows * tileColumns;
        int blockTiles = blockTiles(tiles);
        float[] weightPoints = scratch.take(POINTS * channels * filters);
        transformWeights(w, weightPoints, scratch);
        float[][] inputs = points(blockTiles * channels, scratch);
        float[][] outputs = points(blockTiles * filters, scratch);
        int imageValues = geometry.outputHeight() * geometry.outputWidth() * filters;
        int imagesDone = 0;
        for (int first = 0; first < tiles; first += blockTiles) {
            int block = Math.min(blockTiles, tiles - first);
            gatherInputs(x, first, block, inputs);
            for (int point = 0; point < POINTS; point++) {
                blas.multiply(
                        Matrix.of(inputs[point], 0, block, channels),
                        weights(weightPoints, point),
                        0f,
                        Matrix.of(outputs[point], 0, block, filters));
            }
            bothAxes(outputs, EDGE, TILE, block * filters, transforms::output);
            scatterOutputs(outputs, first, block, y, bias);
            int images = (first + block) / (tileRows * tileColumns);
            finished.values(y, imagesDone * imageValues, images * imageValues);
            imagesDone = images;
        }
        give(inputs, scratch);
        give(outputs, scratch);
        scratch.give(weightPoints);
    }

    private Matrix weights(float[] weightPoints, int point) {
        int at = point * channels * filters;
        return turned
                ? Matrix.of(weightPoints, at, filters, channels).transpose()
                : Matrix.of(weightPoints, at, channels, filters);
    }

    @Override
    public void backwardWeights(float[] x, float[] dy, int count, Convolution.Weights dw, Scratch scratch) {
        int tiles = count * tileRows * tileColumns;
        int blockTiles = blockTiles(tiles);
        float[] weightPoints = scratch.take(POINTS * channels * filters);
        Arrays.fill(weightPoints, 0, POINTS * channels * filters, 0f);
        float[][] inputs = points(blockTiles * channels, scratch);
        float[][] outputs = points(blockTiles * filters, scratch);
        for (int first = 0; first < tiles; first += blockTiles) {
            int block = Math.min(blockTiles, tiles - first);
            gatherInputs(x, first, block, inputs);
            gatherGradients(dy, first, block, outputs);
            for (int point = 0; point < POINTS; point++) {
                blas.multiply(
                        Matrix.of(inputs[point], 0, block, channels).transpose(),
                        Matrix.of(outputs[point], 0, block, filters),
                        1f,
                        Matrix.of(weightPoints, point * channels * filters, channels, filters));
            }
        }
        addWeightGradients(weightPoints, dw, scratch);
        give(inputs, scratch);
        give(outputs, scratch);
        scratch.give(weightPoints);
    }

    @Override
    public long[] scratchLengths(int count) {
        long blockTiles = blockTiles(count * tileRows * tileColumns);
        long[] lengths = new long[1 + 2 * POINTS];
        lengths[0] = (long) POINTS * channels * filters;
        Arrays.fill(lengths, 1, 1 + POINTS, blockTiles * channels);
        Arrays.fill(lengths, 1 + POINTS, lengths.length, blockTiles * filters);
        return lengths;
    }

    private static float[][] points(int length, Scratch scratch) {
        float[][] points = new float[POINTS][];
        for (int i = 0; i < POINTS; i++) {
            points[i] = scratch.take(length);
        }
        return points;
    }

    private static void give(float[][] points, Scratch scratch) {
        for (float[] point : points) {
            scratch.give(point);
        }
    }

    /**
     * Transforms along one axis of a tile, then along the other, a stretch of elements at a time that stays in cache.
     *
     * @param columns how many columns the tile has when its rows are transformed
     * @param rowsLeft how many rows are left after that
     */
    private static void bothAxes(float[][] v, int columns, int rowsLeft, int count, Transform transform) {
        for (int from = 0; from < count; from += STRETCH) {
            int to = Math.min(from + STRETCH, count);
            for (int c = 0; c < columns; c++) {
                transform.apply(
                        v[c],
                        v[EDGE + c],
                        v[2 * EDGE + c],
                        v[3 * EDGE + c],
                        v[4 * EDGE + c],
                        v[5 * EDGE + c],
                        from,
                        to);
            }
            for (int row = 0; row < rowsLeft; row++) {
                int at = row * EDGE;
                transform.apply(v[at], v[at + 1], v[at + 2], v[at + 3], v[at + 4], v[at + 5], from, to);
            }
        }
    }

    private void gatherInputs(float[] x, int first, int block, float[][] inputs) {
        int height = geometry.height();
        int width = geometry.width();
        int padding = geometry.window().padding();
        for (int tile = 0; tile < block; tile++) {
            int column = (first + tile) % tileColumns * TILE - padding;
            int row = (first + tile) / tileColumns % tileRows * TILE - padding;
            int image = (first + tile) / tileColumns / tileRows;
            int to = tile * channels;
            for (int i = 0; i < EDGE; i++) {
                int y = row + i;
                boolean inside = y >= 0 && y < height;
                int from = ((image * height + y) * width + column) * channels;
                for (int j = 0; j < EDGE; j++) {
                    if (inside && column + j >= 0 && column + j < width) {
                        System.arraycopy(x, from + j * channels, inputs[i * EDGE + j], to, channels);
                    } else {
                        Arrays.fill(inputs[i * EDGE + j], to, to + channels, 0f);
                    }
                }
            }
        }
        bothAxes(inputs, EDGE, EDGE, block * channels, transforms::input);
    }

    private void scatterOutputs(float[][] outputs, int first, int block, float[] y, Convolution.Weights bias) {
        int height = geometry.outputHeight();
        int width = geometry.outputWidth();
        for (int tile = 0; tile < block; tile++) {
            int column = (first + tile) % tileColumns * TILE;
            int row = (first + tile) / tileColumns % tileRows * TILE;
            int image = (first + tile) / tileColumns / tileRows;
            for (int i = 0; i < Math.min(TILE, height - row); i++) {
                for (int j = 0; j < Math.min(TILE, width - column); j++) {
                    int to = ((image * height + row + i) * width + column + j) * filters;
                    System.arraycopy(outputs[i * EDGE + j], tile * filters, y, to, filters);
                    if (bias != null) {
                        for (int o = 0; o < filters; o++) {
                            y[to + o] += bias.data()[bias.offset() + o];
                        }
                    }
                }
            }
        }
    }

    private void gatherGradients(float[] dy, int first, int block, float[][] outputs) {
        int height = geometry.outputHeight();
        int width = geometry.outputWidth();
        for (int tile = 0; tile < block; tile++) {
            int column = (first + tile) % tileColumns * TILE;
            int row = (first + tile) / tileColumns % tileRows * TILE;
            int image = (first + tile) / tileColumns / tileRows;
            int to = tile * filters;
            for (int i = 0; i < TILE; i++) {
                for (int j = 0; j < TILE; j++) {
                    if (row + i < height && column + j < width) {
                        int from = ((image * height + row + i) * width + column + j) * filters;
                        System.arraycopy(dy, from, outputs[i * EDGE + j], to, filters);
                    } else {
                        Arrays.fill(outputs[i * EDGE + j], to, to + filters, 0f);
                    }
                }
            }
        }
        bothAxes(outputs, TILE, EDGE, block * filters, transforms::outputGradient);
    }

    private void transformWeights(Convolution.Weights w, float[] weightPoints, Scratch scratch) {
        int plane = channels * filters;
        float[][] block = points(STRETCH, scratch);
        for (int at = 0; at < plane; at += STRETCH) {
            int count = Math.min(STRETCH, plane - at);
            for (int i = 0; i < KERNEL; i++) {
                for (int j = 0; j < KERNEL; j++) {
                    int place = turned ? KERNEL * KERNEL - 1 - (i * KERNEL + j) : i * KERNEL + j;
                    int from = w.offset() + place * plane + at;
                    System.arraycopy(w.data(), from, block[i * EDGE + j], 0, count);
                }
            }
            bothAxes(block, KERNEL, EDGE, count, transforms::weights);
            for (int point = 0; point < POINTS; point++) {
                System.arraycopy(block[point], 0, weightPoints, point * plane + at, count);
            }
        }
        give(block, scratch);
    }

    private void addWeightGradients(float[] weightPoints, Convolution.Weights dw, Scratch scratch) {
        int plane = channels * filters;
        float[][] block = points(STRETCH, scratch);
        for (int at = 0; at < plane; at += STRETCH) {
            int count = Math.min(STRETCH, plane - at);
            for (int point = 0; point < POINTS; point++) {
                System.arraycopy(weightPoints, point * plane + at, block[point], 0, count);
            }
            bothAxes(block, EDGE, KERNEL, count, transforms::weightGradient);
            for (int i = 0; i < KERNEL; i++) {
                for (int j = 0; j < KERNEL; j++) {
                    int to = dw.offset() + (i * KERNEL + j) * plane + at;
                    float[] gradient = block[i * EDGE + j];
                    for (int l = 0; l < count; l++) {
                        dw.data()[to + l] += gradient[l];
                    }
                }
            }
        }
        give(block, scratch);
    }
}
