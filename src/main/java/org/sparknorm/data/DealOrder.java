package org.sparknorm.data;

import java.io.Serializable;
import java.util.function.LongUnaryOperator;
import org.sparknorm.tensor.RandomSource;

/**
 * The order in which examples are dealt to batches and slices.
 *
 * @param shuffled whether a permutation that follows from seed and generation is the order; otherwise it is that of the
 *     input
 * @param generation number of times that the examples were dealt before
 */
public record DealOrder(long examples, long seed, boolean shuffled, long generation) implements Serializable {
    /** The first order. */
    public DealOrder(long examples, long seed, boolean shuffled) {
        this(examples, seed, shuffled, 0);
    }

    /** Maps the index of an example to its place in the order. */
    public LongUnaryOperator places() {
        if (!shuffled) {
            return index -> index;
        }
        RandomSource random = RandomSource.of(seed, "deal");
        Permutation permutation = new Permutation(examples, generation == 0 ? random : random.at(generation));
        return permutation::at;
    }
}
