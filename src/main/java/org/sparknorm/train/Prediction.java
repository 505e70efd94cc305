package org.sparknorm.train;

import java.io.Serializable;

/**
 * What a network says of an example.
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

    /** The likeliest classes; the first of equals comes first. */
    static Prediction of(String name, long index, int label, double[] probabilities) {
        int count = probabilities.length;
        int most = Math.min(MOST_CLASSES, count);
        int[] classes = new int[most];
        double[] best = new double[most];
        int found = 0;
        for (int c = 0; c < count; c++) {
            double probability = probabilities[c];
            int at = found;
            while (at > 0 && probability > best[at - 1]) {
                at--;
            }
            if (at == most) {
                continue;
            }
            int last = Math.min(found, most - 1);
            System.arraycopy(best, at, best, at + 1, last - at);
            System.arraycopy(classes, at, classes, at + 1, last - at);
            best[at] = probability;
            classes[at] = c;
            found = Math.min(found + 1, most);
        }
        return new Prediction(name, index, label, classes, best);
    }

    /** How many classes come before this one; -1 if it is none of them, or probabilities are not numbers. */
    int rank(int wanted) {
        for (int rank = 0; rank < classes.length; rank++) {
            if (classes[rank] == wanted && !Double.isNaN(probabilities[rank])) {
                return rank;
            }
        }
        return -1;
    }
}
