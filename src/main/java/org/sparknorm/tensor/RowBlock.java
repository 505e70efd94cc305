package org.sparknorm.tensor;

/**
 * A block of neighbouring rows of {@code [rows, C]}: as many whole rows as make about a thousand values. Loops over
 * channels work on such blocks, copied into arrays of their own, with what they know of each channel spread over all rows
 * of the block: the JIT compiler turns a loop into vector instructions only where all its arrays share one index, and a
 * loop over few channels would be too short to gain from them.
 */
public final class RowBlock {
    private static final int ABOUT = 1024;

    private final int channels;
    private final int length;

    public RowBlock(int channels) {
        this.channels = channels;
        this.length = channels * Math.max(1, ABOUT / channels);
    }

    /** Values in a block; a multiple of the number of channels. */
    public int length() {
        return length;
    }

    public float[] block() {
        return new float[length];
    }

    /** A value a channel, repeated for every row of the block. */
    public void spread(float[] perChannel, float[] block) {
        for (int at = 0; at < length; at += channels) {
            System.arraycopy(perChannel, 0, block, at, channels);
        }
    }
}
