package org.sparknorm.train;

/** Sums of gradients for tests of what carries them. */
public final class GradientSums {
    private GradientSums() {}

    /** Of one slice with one example. */
    public static GradientSum ofSlice(int slices, int slice, float... gradient) {
        double[] statistics = new double[StepStatistics.OBSERVATIONS];
        statistics[StepStatistics.EXAMPLES] = 1;
        return new GradientSum(slices).add(slice, gradient, statistics);
    }
}
