package org.sparknorm.tensor.convolution;

import java.util.Arrays;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Implementations;
import org.sparknorm.tensor.Matrix;
import org.sparknorm.tensor.Scratch;

/**
 * 3×3 convolutions of stride 1 by Winograd's F(4×4, 3×3) (Lavin and Gray 2016): tiles of 4×4 outputs from 6×6 inputs
 * become 36 points, and each point a matrix product over channels: 36 products in place of 144. Rounding errors are
 * about ten times those of the direct sum, still within what a different order of a sum of thousands makes.
 *
 * <p>Tiles are taken in blocks that stay in the second cache; in a block, point by point, all tiles' channels stand in
 * one array, which is at once the matrix of the product.
 */
final class Winograd implements ConvolutionScheme {
    private static final int EDGE = WinogradTiles.EDGE;
    private static final int POINTS = EDGE * EDGE;
    private static final int KERNEL = 3;
    /** Values of a point, of input and output channels together: 36 points fill the second cache of a server. */
    private static final int BLOCK_VALUES = 16384;

    private static final int FEWEST_TILES = 64;
    private static final int STRETCH = WinogradTiles.STRETCH;

    private final ConvolutionGeometry geometry;
    private final Blas blas;
    private final int channels;
    private final int filters;
    private final boolean turned;
    private final TileTransforms transforms = transforms();
    private final WinogradTiles tiling;

    Winograd(ConvolutionGeometry geometry, Blas blas) {
        this(geometry, blas, false);
    }

    /** The gradient by the input, as a convolution of the gradient by the output that turns the weights itself. */
    static InputGradientScheme inputGradient(ConvolutionGeometry forward, Blas blas) {
        return new Reverse(new Winograd(forward.reverse(), blas, true));
    }

    private record Reverse(Winograd turned) implements InputGradientScheme {
        @Override
        public void backwardInput(float[] dy, int count, Weights w, float[] dx, Scratch scratch) {
            turned.forward(new ForwardPass(dy, count, w, null, dx, OutputListener.NONE), scratch);
        }

        @Override
        public long[] inputScratchLengths(int count) {
            return turned.scratchLengths(count);
        }
    }

    /** The fastest transforms that run here. */
    static TileTransforms transforms() {
        return Implementations.of("VectorTileTransforms", PlainTileTransforms::new, TileTransforms.class);
    }

    /** @param turned whether weights are given as [K, K, O, C], and are to be turned by half a circle */
    private Winograd(ConvolutionGeometry geometry, Blas blas, boolean turned) {
        this.turned = turned;
        this.geometry = geometry;
        this.blas = blas;
        this.channels = geometry.channels();
        this.filters = geometry.filters();
        this.tiling = new WinogradTiles(geometry, transforms);
    }

    private int blockTiles(int tiles) {
        return Math.min(tiles, Math.max(FEWEST_TILES, BLOCK_VALUES / (channels + filters)));
    }

    @Override
    public void forward(ForwardPass pass, Scratch scratch) {
        int tiles = pass.count() * tiling.perImage();
        int blockTiles = blockTiles(tiles);
        float[] weightPoints = scratch.take(POINTS * channels * filters);
        transformWeights(pass.weights(), weightPoints, scratch);
        float[][] inputs = points(blockTiles * channels, scratch);
        float[][] outputs = points(blockTiles * filters, scratch);
        int imageValues = geometry.outputHeight() * geometry.outputWidth() * filters;
        int imagesDone = 0;
        for (int first = 0; first < tiles; first += blockTiles) {
            int block = Math.min(blockTiles, tiles - first);
            tiling.gatherInputs(pass.x(), first, block, inputs);
            for (int point = 0; point < POINTS; point++) {
                blas.multiply(
                        Matrix.of(inputs[point], 0, block, channels),
                        weights(weightPoints, point),
                        0f,
                        Matrix.of(outputs[point], 0, block, filters));
            }
            tiling.scatterOutputs(outputs, first, block, pass);
            int images = (first + block) / tiling.perImage();
            pass.listener().completed(pass.y(), imagesDone * imageValues, images * imageValues);
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
    public void backwardWeights(float[] x, float[] dy, int count, Weights dw, Scratch scratch) {
        int tiles = count * tiling.perImage();
        int blockTiles = blockTiles(tiles);
        float[] weightPoints = scratch.take(POINTS * channels * filters);
        Arrays.fill(weightPoints, 0, POINTS * channels * filters, 0f);
        float[][] inputs = points(blockTiles * channels, scratch);
        float[][] outputs = points(blockTiles * filters, scratch);
        for (int first = 0; first < tiles; first += blockTiles) {
            int block = Math.min(blockTiles, tiles - first);
            tiling.gatherInputs(x, first, block, inputs);
            tiling.gatherGradients(dy, first, block, outputs);
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
        long blockTiles = blockTiles(count * tiling.perImage());
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

    private void transformWeights(Weights w, float[] weightPoints, Scratch scratch) {
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
            WinogradTiles.bothAxes(block, KERNEL, EDGE, count, transforms::weights);
            for (int point = 0; point < POINTS; point++) {
                System.arraycopy(block[point], 0, weightPoints, point * plane + at, count);
            }
        }
        give(block, scratch);
    }

    private void addWeightGradients(float[] weightPoints, Weights dw, Scratch scratch) {
        int plane = channels * filters;
        float[][] block = points(STRETCH, scratch);
        for (int at = 0; at < plane; at += STRETCH) {
            int count = Math.min(STRETCH, plane - at);
            for (int point = 0; point < POINTS; point++) {
                System.arraycopy(weightPoints, point * plane + at, block[point], 0, count);
            }
            WinogradTiles.bothAxes(block, EDGE, KERNEL, count, transforms::weightGradient);
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
