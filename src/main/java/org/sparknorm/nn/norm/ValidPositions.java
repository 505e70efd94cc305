package org.sparknorm.nn.norm;

import java.util.Arrays;
import org.sparknorm.nn.SequenceLengths;
import org.sparknorm.tensor.Tensor;

/**
 * Where the values of each example of a batch lie that take part in a norm: all of them, or those of the positions of a
 * sequence that are no padding.
 *
 * @param lengths null where nothing is padded
 */
record ValidPositions(int channels, SequenceLengths lengths) {
    /** Into how many runs a batch falls where examples need not be told apart: without padding it is one. */
    int joined(Tensor x) {
        return lengths == null ? Math.min(1, x.count()) : x.count();
    }

    /** Of the runs of {@link #joined}. */
    int joinedTo(Tensor x, int run) {
        return lengths == null ? x.size() : to(x, run);
    }

    int from(Tensor x, int example) {
        return example * valuesPerExample(x);
    }

    int to(Tensor x, int example) {
        int from = from(x, example);
        return lengths == null ? from + valuesPerExample(x) : from + lengths.of(example) * channels;
    }

    /** Clears what lies behind the example's values. */
    void clearRest(Tensor tensor, int example) {
        if (lengths != null) {
            Arrays.fill(tensor.data(), to(tensor, example), from(tensor, example + 1), 0f);
        }
    }

    private static int valuesPerExample(Tensor x) {
        return x.count() == 0 ? 0 : x.size() / x.count();
    }
}
