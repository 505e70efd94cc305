package org.sparknorm.nn;

import java.util.Arrays;

/**
 * The numbers of positions of each example of the present batch {@code [N, T, C]} that are not padding; these come
 * first. The layer that sees the tokens writes them, and the layers after it read them. Padded positions count in no
 * statistics and no mean, no position attends to them, their gradients are 0, and their values do not matter.
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
