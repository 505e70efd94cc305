package org.sparknorm.nn;

import java.util.Arrays;

/**
 * How many positions of each example of the present batch {@code [N, T, C]} are no padding; they come first. Written by
 * the layer that sees the tokens, read by those behind it. Padded positions count in no statistics and no mean, nobody
 * attends to them, and gradients are 0 there; what values they have is nobody's concern.
 */
public final class SequenceLengths {
    private int[] lengths = new int[0];

    /** Makes room for a batch. */
    void begin(int examples) {
        if (lengths.length < examples) {
            lengths = Arrays.copyOf(lengths, examples);
        }
    }

    void set(int example, int length) {
        lengths[example] = length;
    }

    public int of(int example) {
        return lengths[example];
    }
}
