package org.sparknorm.tensor;

/**
 * A block of neighbouring rows of {@code [rows, C]}: as many whole rows as make about a thousand values. Loops over
 * channels work on such blocks, with what they know of each channel repeated for all rows of the block in an array of
 * its own: the JIT compiler turns a loop into vector instructions only where all its arrays share one index, and a loop
 * over few channels would be too short to gain from them.
 */
public final class RowBlock {
    private static final int APPROXIMATE_LENGTH = 1024;

    private final int channels;
    private final int length;

    public RowBlock(int channels) {
        this.channels = channels;
        this.length = channels * Math.max(1, APPROXIMATE_LENGTH / channels);
    }

    /** How many values a block has; a multiple of the number of channels. */
    public int length() {
        return length;
    }

    public float[] allocate() {
        return new float[length];
    }

    /** Repeats the values per channel for every row of the block. */
    public void spread(float[] perChannel, float[] target) {
        for (int at = 0; at < length; at += channels) {
            System.arraycopy(perChannel, 0, target, at, channels);
        }
    }
}
