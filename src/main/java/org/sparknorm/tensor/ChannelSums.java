package org.sparknorm.tensor;

import java.util.Arrays;

/**
 * Sums over the rows of {@code [rows, C]}, two a channel, in double: of values and their squares, or of gradients and
 * their products with centred values.
 *
 * <p>A few dozen rows are summed in float, as distances from a pivot, before they go into the double: rounding is then
 * relative to the spread of the values, not to their size, and the loops are vector instructions. The pivot of values is
 * the first row seen; it is taken out again exactly enough (in double) before anyone sees the sums.
 */
public final class ChannelSums {
    /** Blocks that are summed in float before they go into the double. */
    private static final int BLOCKS_IN_FLOAT = 16;

    private final int channels;
    private final Lanes lanes;
    private final float[] pivots;
    private final float[] pivotBlock;
    private final float[] first;
    private final float[] second;
    private final float[] values;
    private final double[] firstSums;
    private final double[] secondSums;
    private long rows;
    private int blocks;

    public ChannelSums(int channels) {
        this.channels = channels;
        this.lanes = new Lanes(channels);
        this.pivots = new float[channels];
        this.pivotBlock = lanes.block();
        this.first = lanes.block();
        this.second = lanes.block();
        this.values = lanes.block();
        this.firstSums = new double[channels];
        this.secondSums = new double[channels];
    }

    /** Forgets all rows. */
    public void begin() {
        Arrays.fill(first, 0f);
        Arrays.fill(second, 0f);
        Arrays.fill(firstSums, 0);
        Arrays.fill(secondSums, 0);
        rows = 0;
        blocks = 0;
    }

    /** Forgets all rows; products are with the distance from these centres. */
    public void begin(float[] centres) {
        begin();
        lanes.spread(centres, pivotBlock);
    }

    /** Adds values and squares of the rows that lie in the array from one index to another. */
    public void addSquares(float[] x, int from, int to) {
        if (rows == 0 && from < to) {
            System.arraycopy(x, from, pivots, 0, channels);
            lanes.spread(pivots, pivotBlock);
        }
        rows += (to - from) / channels;
        for (int at = from; at < to; at += lanes.length()) {
            int count = Math.min(lanes.length(), to - at);
            System.arraycopy(x, at, values, 0, count);
            squares(values, pivotBlock, first, second, count);
            blockDone();
        }
    }

    private static void squares(float[] x, float[] pivot, float[] first, float[] second, int count) {
        for (int i = 0; i < count; i++) {
            float distance = x[i] - pivot[i];
            first[i] += distance;
            second[i] += distance * distance;
        }
    }

    /** Adds a block of gradients, and its products with a block of values. */
    public void addProducts(float[] gradients, float[] block, int count) {
        products(gradients, block, pivotBlock, first, second, count);
        blockDone();
    }

    private static void products(
            float[] gradient, float[] x, float[] centre, float[] first, float[] second, int count) {
        for (int i = 0; i < count; i++) {
            first[i] += gradient[i];
            second[i] += gradient[i] * (x[i] - centre[i]);
        }
    }

    private void blockDone() {
        if (++blocks == BLOCKS_IN_FLOAT) {
            collect();
        }
    }

    private void collect() {
        for (int at = 0; at < first.length; at += channels) {
            for (int c = 0; c < channels; c++) {
                firstSums[c] += first[at + c];
                secondSums[c] += second[at + c];
            }
        }
        Arrays.fill(first, 0f);
        Arrays.fill(second, 0f);
        blocks = 0;
    }

    /** [rows, Σx₀.., Σx₀²..]; zeros if there was no row. */
    public double[] squares() {
        collect();
        double[] sums = new double[1 + 2 * channels];
        sums[0] = rows;
        for (int c = 0; rows > 0 && c < channels; c++) {
            double pivot = pivots[c];
            sums[1 + c] = firstSums[c] + rows * pivot;
            sums[1 + channels + c] = secondSums[c] + 2 * pivot * firstSums[c] + rows * pivot * pivot;
        }
        return sums;
    }

    /** [Σg₀.., Σg₀·(x₀ − centre₀)..]. */
    public double[] products() {
        collect();
        double[] sums = Arrays.copyOf(firstSums, 2 * channels);
        System.arraycopy(secondSums, 0, sums, channels, channels);
        return sums;
    }
}
