package org.sparknorm.nn;

/** Probabilities of classes, exp(logit)/Σ exp(logit), in double, the same on every machine. */
public final class Softmax {
    private Softmax() {}

    /** Adds the probabilities of one row of logits. */
    public static void add(float[] logits, int from, double[] probabilities) {
        int classes = probabilities.length;
        float largest = logits[from];
        for (int c = 1; c < classes; c++) {
            largest = Math.max(largest, logits[from + c]);
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            sum += StrictMath.exp((double) logits[from + c] - largest);
        }
        for (int c = 0; c < classes; c++) {
            probabilities[c] += StrictMath.exp((double) logits[from + c] - largest) / sum;
        }
    }
}
