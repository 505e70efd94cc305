package org.sparknorm.train;

import java.io.Serializable;
import java.util.function.LongUnaryOperator;
import org.sparknorm.data.Permutation;
import org.sparknorm.tensor.RandomSource;

/**
 * The order in which examples are dealt to batches and slices.
 *
 * @param shuffled by a permutation that follows from the seed; otherwise the order of the input
 */
public record DealOrder(long examples, long seed, boolean shuffled) implements Serializable {
    /** From the index of an example to its place in the order; see {@link BatchPlan}. */
    public LongUnaryOperator places() {
        if (!shuffled) {
            return index -> index;
        }
        Permutation permutation = new Permutation(examples, RandomSource.of(seed, "deal"));
        return permutation::at;
    }
}
