package org.sparknorm.nn.norm;

import org.sparknorm.tensor.Shape;

/** A norm that needs the statistics of a batch, for which every channel must have two values or more. */
public interface BatchStatistics {
    /** The prefix of its tensors' names. */
    String name();

    /** Whether its batch is that of all slices. */
    boolean isSynchronized();

    /** How many values per channel one example has; with padding, at most. */
    int valuesPerExample(Shape input);
}
