package org.sparknorm.tensor;

import java.util.Arrays;

/**
 * Sums over the rows of {@code [rows, C]}, two per channel, in double: of values and their squares, or of gradients and
 * their products with centred values.
 *
 * <p>A few dozen rows are summed in float, as distances from a pivot, before they go into the double: rounding is then
 * relative to the spread of the values, not to their size, and the loops are vector instructions. The pivot of values
 * is the first row seen; it is taken out again exactly enough (in double) before anyone sees the sums.
 */
public final class ChannelSums {
    /** Blocks that are summed in float before they go into the double. */
    private static final int BLOCKS_IN_FLOAT = 16;

    private final int channels;
    private final RowBlock block;
    private final RowKernels kernels = Implementations.ROW_KERNELS;
    private final float[] pivots;
    private final RowKernels.Sums inFloat;
    private final double[] firstSums;
    private final double[] secondSums;
    private long rows;
    private int blocks;

    public ChannelSums(int channels) {
        this(channels, Float.NEGATIVE_INFINITY);
    }

    /** @param inputFloor values below it are replaced by it */
    public ChannelSums(int channels, float inputFloor) {
        this.channels = channels;
        this.block = new RowBlock(channels);
        this.pivots = new float[channels];
        this.inFloat = new RowKernels.Sums(block.allocate(), block.allocate(), block.allocate(), inputFloor);
        this.firstSums = new double[channels];
        this.secondSums = new double[channels];
    }

    /** Forgets all rows. */
    public void begin() {
        clearFloats();
        Arrays.fill(firstSums, 0);
        Arrays.fill(secondSums, 0);
        rows = 0;
        blocks = 0;
    }

    /** Forgets all rows; products are with the distance from these centres. */
    public void begin(float[] centres) {
        begin();
        block.spread(centres, inFloat.centres());
    }

    /** Adds values and squares of the rows that lie in the array from one index to another. */
    public void addSquares(float[] x, int from, int to) {
        if (rows == 0 && from < to) {
            for (int c = 0; c < channels; c++) {
                pivots[c] = Math.max(x[from + c], inFloat.inputFloor());
            }
            block.spread(pivots, inFloat.centres());
        }
        rows += (to - from) / channels;
        for (int at = from; at < to; at += block.length()) {
            kernels.addSquares(inFloat, x, at, 0, Math.min(block.length(), to - at));
            blockDone();
        }
    }

    /**
     * Adds a block of gradients and of their products with values, as far as they pass an activation of which {@code
     * affine} and {@code floor} say where it is open (see {@link RowKernels#addProducts}).
     */
    public void addProducts(RowKernels.Affine affine, float floor, float[] x, int at, float[] dy, int dyAt, int count) {
        kernels.addProducts(inFloat, affine, floor, x, at, dy, dyAt, 0, count);
        blockDone();
    }

    private void blockDone() {
        if (++blocks == BLOCKS_IN_FLOAT) {
            collect();
        }
    }

    private void collect() {
        float[] first = inFloat.first();
        float[] second = inFloat.second();
        for (int at = 0; at < first.length; at += channels) {
            for (int c = 0; c < channels; c++) {
                firstSums[c] += first[at + c];
                secondSums[c] += second[at + c];
            }
        }
        clearFloats();
        blocks = 0;
    }

    private void clearFloats() {
        Arrays.fill(inFloat.first(), 0f);
        Arrays.fill(inFloat.second(), 0f);
    }

    /** Gives [rows, Σx₀.., Σx₀²..]; zeros if there was no row. */
    public double[] squares() {
        double[] sums = new double[1 + 2 * channels];
        squares(sums);
        return sums;
    }

    /** Writes the same into an array of that length. */
    public void squares(double[] sums) {
        collect();
        Arrays.fill(sums, 0);
        sums[0] = rows;
        for (int c = 0; rows > 0 && c < channels; c++) {
            double pivot = pivots[c];
            sums[1 + c] = firstSums[c] + rows * pivot;
            sums[1 + channels + c] = secondSums[c] + 2 * pivot * firstSums[c] + rows * pivot * pivot;
        }
    }

    /** Gives [Σg₀.., Σg₀·(x₀ − centre₀)..]. */
    public double[] products() {
        collect();
        double[] sums = Arrays.copyOf(firstSums, 2 * channels);
        System.arraycopy(secondSums, 0, sums, channels, channels);
        return sums;
    }
}
