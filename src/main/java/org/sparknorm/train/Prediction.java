package org.sparknorm.train;

import java.io.Serializable;

/**
 * The classes that a network finds likeliest for an example.
 *
 * @param name of the example; empty if it has none
 * @param index the example's place in the input's own order
 * @param label -1 where it is not known
 * @param classes the likeliest, at most five, likeliest first
 * @param probabilities of those classes
 */
public record Prediction(String name, long index, int label, int[] classes, double[] probabilities)
        implements Serializable {
    public static final int MOST_CLASSES = 5;
}
