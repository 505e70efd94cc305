package org.sparknorm.tensor.convolution;

import java.util.Arrays;

/**
 * The tiles of {@link Winograd}'s algorithm: copies them from images to points and back, and transforms them. Element l
 * of a point's array belongs to tile l / channels.
 */
final class WinogradTiles {
    /** Rows and columns of the outputs of a tile. */
    static final int TILE = 4;
    /** Rows and columns of the inputs that they need. */
    static final int EDGE = 6;
    /** Six arrays of this length stay in the first cache. */
    static final int STRETCH = 512;

    private final ConvolutionGeometry geometry;
    private final TileTransforms transforms;
    private final int channels;
    private final int filters;
    private final int tileRows;
    private final int tileColumns;

    /** Transforms six arrays along an axis. */
    @FunctionalInterface
    interface Transform {
        void apply(float[] v0, float[] v1, float[] v2, float[] v3, float[] v4, float[] v5, int from, int to);
    }

    WinogradTiles(ConvolutionGeometry geometry, TileTransforms transforms) {
        this.geometry = geometry;
        this.transforms = transforms;
        this.channels = geometry.channels();
        this.filters = geometry.filters();
        this.tileRows = (geometry.outputHeight() + TILE - 1) / TILE;
        this.tileColumns = (geometry.outputWidth() + TILE - 1) / TILE;
    }

    /** How many tiles an image has. */
    int perImage() {
        return tileRows * tileColumns;
    }

    /**
     * Transforms along one axis of a tile, then along the other, a stretch of elements at a time that stays in cache.
     *
     * @param columns how many columns the tile has when its rows are transformed
     * @param rowsLeft how many rows are left after that
     */
    static void bothAxes(float[][] v, int columns, int rowsLeft, int count, Transform transform) {
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

    /** Makes the points of a block of tiles of the images they see. */
    void gatherInputs(float[] x, int first, int block, float[][] inputs) {
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

    /** Makes the outputs of a block of tiles of their points, and writes them to the images. */
    void scatterOutputs(float[][] outputs, int first, int block, ForwardPass pass) {
        bothAxes(outputs, EDGE, TILE, block * filters, transforms::output);
        float[] y = pass.y();
        Weights bias = pass.bias();
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

    /** Makes the points of a block of tiles of the gradients by their outputs. */
    void gatherGradients(float[] dy, int first, int block, float[][] outputs) {
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
}
