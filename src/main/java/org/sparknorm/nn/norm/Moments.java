package org.sparknorm.nn.norm;

/**
 * The mean and variance per channel (the last axis) that the sums {@code [m, Σx₀.., Σx²₀..]} in double stand for. Such
 * arrays add up over slices.
 *
 * <p>variance = Σx²/m − mean², clipped at 0: sums of any grouping of the values can be joined, which a running mean and
 * deviation cannot without a choice of order. In double the cancellation costs nothing that float32 inputs could show.
 *
 * @param count m: how many values each channel has
 * @param variance biased: the mean squared distance from the mean
 */
record Moments(double count, double[] mean, double[] variance) {
    /** @param sums of at least one value per channel */
    static Moments of(double[] sums) {
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

    /** m/(m−1) times the biased variance. */
    double[] unbiasedVariance() {
        double[] unbiased = new double[variance.length];
        for (int c = 0; c < unbiased.length; c++) {
            unbiased[c] = variance[c] * (count / (count - 1));
        }
        return unbiased;
    }
}
