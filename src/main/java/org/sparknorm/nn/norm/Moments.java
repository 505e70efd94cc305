package org.sparknorm.nn.norm;

/**
 * Count, Σx and Σx² of each channel (the last axis) in double, as one array {@code [m, Σx₀.., Σx²₀..]} that adds up over
 * slices, and the mean and variance it stands for.
 *
 * <p>variance = Σx²/m − mean², clipped at 0: sums of any grouping of the values can be joined, which a running mean and
 * deviation cannot without a choice of order. In double the cancellation costs nothing that float32 inputs could show.
 */
public final class Moments {
    private final double count;
    private final double[] mean;
    private final double[] variance;

    private Moments(double count, double[] mean, double[] variance) {
        this.count = count;
        this.mean = mean;
        this.variance = variance;
    }

    /** @param sums of at least one value a channel */
    public static Moments of(double[] sums) {
        int channels = (sums.length - 1) / 2;
        double count = sums[0];
        double[] mean = new double[channels];
        double[] variance = new double[channels];
        for (int c = 0; c < channels; c++) {
            mean[c] = sums[1 + c] / count;
            variance[c] = Math.max(0, sums[1 + channels + c] / count - mean[c] * mean[c]);
        }
        return new Moments(count, mean, variance);
    }

    /** m: how many values each channel has. */
    public double count() {
        return count;
    }

    public double[] mean() {
        return mean;
    }

    /** Biased: the mean squared distance from the mean. */
    public double[] variance() {
        return variance;
    }

    /** m/(m−1) times the biased variance. */
    public double[] unbiasedVariance() {
        double[] unbiased = new double[variance.length];
        for (int c = 0; c < unbiased.length; c++) {
            unbiased[c] = variance[c] * (count / (count - 1));
        }
        return unbiased;
    }
}
