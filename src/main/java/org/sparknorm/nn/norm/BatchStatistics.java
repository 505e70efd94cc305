package org.sparknorm.nn.norm;

import org.sparknorm.tensor.Shape;

/** A norm that needs the statistics of a batch, which are none where a channel has a single value in it. */
public interface BatchStatistics {
    /** Prefix of its tensors' names. */
    String name();

    /** Whether its batch is that of all slices. */
    boolean isSynchronized();

    /** How many values of a channel one example has; with padding, at most. */
    int valuesPerExample(Shape input);
}
