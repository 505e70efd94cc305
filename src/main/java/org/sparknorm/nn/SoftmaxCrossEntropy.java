package org.sparknorm.nn;

import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/**
 * The loss −Σ target·log softmax(logits), with target = (1 − smoothing)·one-hot + smoothing/classes, and its gradient.
 * Computed in double, with {@link StrictMath}, which is the same on every machine.
 */
public final class SoftmaxCrossEntropy {
    private static final int FIVE = 5;

    private final double smoothing;
    private Tensor gradient;
    private double lossSum;
    private int correct;
    private int correctInFive;

    public SoftmaxCrossEntropy(double smoothing) {
        this.smoothing = smoothing;
    }

    /**
     * Loss and hits of a slice's logits {@code [N, classes]}.
     *
     * @param divisor the examples of the whole batch: the gradient is that of the mean over them
     * @return the gradient by the logits
     */
    public Tensor apply(Tensor logits, int[] labels, double divisor) {
        int classes = logits.shape().last();
        gradient = Tensor.reuse(gradient, Shape.of(logits.count(), classes));
        lossSum = 0;
        correct = 0;
        correctInFive = 0;
        for (int example = 0; example < logits.count(); example++) {
            row(logits.data(), example * classes, classes, labels[example], divisor);
        }
        return gradient;
    }

    /** Returns the loss summed over the examples of the last call. */
    public double lossSum() {
        return lossSum;
    }

    /** Examples of the last call whose label has the largest logit (the first of equals counts). */
    public int correct() {
        return correct;
    }

    /** Examples of the last call whose label is among the five largest logits. */
    public int correctInFive() {
        return correctInFive;
    }

    private void row(float[] logits, int start, int classes, int label, double divisor) {
        float largest = logits[start];
        for (int i = 1; i < classes; i++) {
            largest = Math.max(largest, logits[start + i]);
        }
        double sum = 0;
        double logitSum = 0;
        for (int i = 0; i < classes; i++) {
            double shifted = (double) logits[start + i] - largest;
            sum += StrictMath.exp(shifted);
            logitSum += shifted;
        }
        double logSum = StrictMath.log(sum);
        double labelLoss = logSum - ((double) logits[start + label] - largest);
        lossSum += (1 - smoothing) * labelLoss + smoothing * (logSum - logitSum / classes);
        for (int i = 0; i < classes; i++) {
            double probability = StrictMath.exp((double) logits[start + i] - largest) / sum;
            double target = smoothing / classes + (i == label ? 1 - smoothing : 0);
            gradient.data()[start + i] = (float) ((probability - target) / divisor);
        }
        countHits(logits, start, classes, label);
    }

    private void countHits(float[] logits, int start, int classes, int label) {
        float own = logits[start + label];
        int ahead = 0;
        for (int i = 0; i < classes; i++) {
            float other = logits[start + i];
            if (other > own || (other == own && i < label)) {
                ahead++;
            }
        }
        // A logit that is not a number is no hit.
        if (!Float.isNaN(own)) {
            correct += ahead == 0 ? 1 : 0;
            correctInFive += ahead < FIVE ? 1 : 0;
        }
    }
}
