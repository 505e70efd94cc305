package org.sparknorm.train;

import java.io.Serializable;
import org.sparknorm.config.RefusedException;

/**
 * The probabilities that a network gives the classes of an example.
 *
 * @param name of the example; empty if it has none
 * @param index the example's place in the input's own order
 * @param label -1 where it is not known
 * @param probabilities one for each class
 */
public record Scores(String name, long index, int label, double[] probabilities) implements Serializable {
    /** Returns how many classes are likelier than the label, counting equal ones before it; -1 if that is not known. */
    public int rank() {
        if (label < 0 || Double.isNaN(probabilities[label])) {
            return -1;
        }
        double own = probabilities[label];
        int rank = 0;
        for (int c = 0; c < probabilities.length; c++) {
            if (probabilities[c] > own || (probabilities[c] == own && c < label)) {
                rank++;
            }
        }
        return rank;
    }

    /**
     * Returns the cross-entropy; where the probability is too small for a double, a large number instead of infinity.
     */
    public double loss() {
        return -StrictMath.log(Math.max(probabilities[label], Double.MIN_VALUE));
    }

    /**
     * Returns the likeliest classes; among equal ones, the first comes first.
     *
     * @throws RefusedException if a probability is not finite, so that no class is the likeliest
     */
    public Prediction likeliest() {
        for (double probability : probabilities) {
            if (!Double.isFinite(probability)) {
                throw new RefusedException(
                        "the model gives " + (name.isEmpty() ? "example " + index : name)
                                + " no probability that is a number",
                        "if its training diverged, give weights of an earlier checkpoint with weights=PATH");
            }
        }
        int most = Math.min(Prediction.MOST_CLASSES, probabilities.length);
        int[] classes = new int[most];
        double[] best = new double[most];
        int found = 0;
        for (int c = 0; c < probabilities.length; c++) {
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
}
