package org.sparknorm.tensor;

import java.util.Arrays;

/**
 * Loops over the channels of one position (a vector, a token), whose values share one mean and one deviation. There is
 * a plain implementation and one with vector instructions; both give the same bits, for sums have {@link Sums#LANES}
 * lanes whatever the width of the machine's vectors.
 */
public interface PositionKernels {
    /**
     * Holds two sums: element i of what is summed goes into lane i mod {@link #LANES}; the lanes are added in double,
     * in order.
     */
    final class Sums {
        static final int LANES = 16;

        final float[] first = new float[LANES];
        final float[] second = new float[LANES];

        public void clear() {
            Arrays.fill(first, 0f);
            Arrays.fill(second, 0f);
        }

        public double first() {
            return total(first);
        }

        public double second() {
            return total(second);
        }

        private static double total(float[] lanes) {
            double total = 0;
            for (float lane : lanes) {
                total += lane;
            }
            return total;
        }
    }

    /** The statistics of the values of a position. */
    record Statistics(float mean, float inverseDeviation) {}

    /** inverseDeviation·γd + valueFactor·x + constant. */
    record Slopes(float inverseDeviation, float valueFactor, float constant) {}

    /** γ, and where the gradients by γ and by β are summed; one value per channel. */
    record Affine(float[] scales, float[] scaleGradients, float[] shiftGradients) {}

    /** first += x − pivot, second += (x − pivot)². */
    void addSquares(Sums sums, float pivot, float[] x, int at, int channels);

    /** y = (x − mean)·inverseDeviation·γ + β, for as many values as there are of γ. */
    void normalize(Statistics statistics, float[] scales, float[] shifts, float[] x, float[] y, int at);

    /** first += γd, second += γd·x̂, x̂ = (x − mean)·inverseDeviation. */
    void addProducts(Sums sums, Statistics statistics, float[] scales, float[] x, float[] dy, int at);

    /** dx from the slopes; the gradient by γ += d·x̂, by β += d. */
    void backward(Slopes slopes, Statistics statistics, Affine affine, float[] x, float[] dy, float[] dx, int at);
}
