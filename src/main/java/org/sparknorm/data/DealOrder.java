package org.sparknorm.data;

import java.io.Serializable;
import java.util.function.LongUnaryOperator;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.train.BatchPlan;

/**
 * The order in which examples are dealt to batches and slices.
 *
 * @param shuffled by a permutation that follows from seed and generation; otherwise the order of the input
 * @param generation how often the examples were dealt anew before
 */
public record DealOrder(long examples, long seed, boolean shuffled, long generation) implements Serializable {
    /** The first order. */
    public DealOrder(long examples, long seed, boolean shuffled) {
        this(examples, seed, shuffled, 0);
    }

    /** From the index of an example to its place in the order; see {@link BatchPlan}. */
    public LongUnaryOperator places() {
        if (!shuffled) {
            return index -> index;
        }
        RandomSource random = RandomSource.of(seed, "deal");
        Permutation permutation = new Permutation(examples, generation == 0 ? random : random.at(generation));
        return permutation::at;
    }
}
