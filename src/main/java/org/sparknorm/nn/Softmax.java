package org.sparknorm.nn;

/** Probabilities of classes, exp(logit)/Σ exp(logit), in double, the same on every machine. */
public final class Softmax {
    private Softmax() {}

    /** Adds the probabilities of one row of logits. */
    public static void add(float[] logits, int from, double[] probabilities) {
        float largest = largest(logits, from, probabilities.length);
        double sum = sum(logits, from, probabilities.length, largest);
        for (int c = 0; c < probabilities.length; c++) {
            probabilities[c] += StrictMath.exp((double) logits[from + c] - largest) / sum;
        }
    }

    private static float largest(float[] logits, int from, int classes) {
        float largest = logits[from];
        for (int c = 1; c < classes; c++) {
            largest = Math.max(largest, logits[from + c]);
        }
        return largest;
    }

    private static double sum(float[] logits, int from, int classes, float largest) {
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            sum += StrictMath.exp((double) logits[from + c] - largest);
        }
        return sum;
    }

    /**
     * log of the probability of one class; exact enough also where the probability itself is too small for a double.
     */
    public static double logProbability(float[] logits, int from, int classes, int wanted) {
        float largest = largest(logits, from, classes);
        double sum = sum(logits, from, classes, largest);
        return (double) logits[from + wanted] - largest - StrictMath.log(sum);
    }
}
