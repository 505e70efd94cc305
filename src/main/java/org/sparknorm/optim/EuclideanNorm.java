package org.sparknorm.optim;

/** √Σx², summed in double and in one fixed order, because the sum decides the bits of an update. */
final class EuclideanNorm {
    private EuclideanNorm() {}

    static double of(float[] values, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += (double) values[i] * values[i];
        }
        return Math.sqrt(sum);
    }
}
