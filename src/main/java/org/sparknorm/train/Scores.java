package org.sparknorm.train;

import java.io.Serializable;

/**
 * What a network says of an example, class by class.
 *
 * @param name of the example; empty if it has none
 * @param index the example's place in the input's own order
 * @param label -1 where it is not known
 * @param probabilities of all classes
 */
public record Scores(String name, long index, int label, double[] probabilities) implements Serializable {
    /** How many classes are likelier than the label, equal ones before it among them; -1 if that cannot be said. */
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

    /** Cross-entropy; of a probability that is too small for a number it is a large number, not infinite. */
    public double loss() {
        return -StrictMath.log(Math.max(probabilities[label], Double.MIN_VALUE));
    }

    /** The likeliest classes; the first of equals comes first. */
    public Prediction likeliest() {
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
