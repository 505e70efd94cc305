package org.sparknorm.nn.norm;

import java.util.Arrays;
import org.sparknorm.nn.SequenceLengths;
import org.sparknorm.tensor.Tensor;

/**
 * Says where the values of a batch lie that take part in a norm: all values, or those of the positions of a sequence
 * that are no padding. They fall into segments, each without a gap: one for each example, or one for the whole batch
 * where nothing is padded and the examples need not be told apart.
 *
 * @param lengths null where nothing is padded
 * @param perExample whether each example has a segment of its own even without padding
 */
record ValidPositions(int channels, SequenceLengths lengths, boolean perExample) {
    int segments(Tensor x) {
        return lengths == null && !perExample ? Math.min(1, x.count()) : x.count();
    }

    /** The index of the first value of a segment. */
    int from(Tensor x, int segment) {
        return segment * valuesPerExample(x);
    }

    /** The index after the last value of a segment. */
    int to(Tensor x, int segment) {
        if (lengths != null) {
            return from(x, segment) + lengths.of(segment) * channels;
        }
        return perExample ? from(x, segment + 1) : x.size();
    }

    /** Sets the padding after a segment to 0. */
    void clearPadding(Tensor tensor, int segment) {
        if (lengths != null) {
            Arrays.fill(tensor.data(), to(tensor, segment), from(tensor, segment + 1), 0f);
        }
    }

    private static int valuesPerExample(Tensor x) {
        return x.count() == 0 ? 0 : x.size() / x.count();
    }
}
