package org.sparknorm.tensor;

/** The kernels for machines, or Java options, without vectors; and for the channels after the last round of lanes. */
final class PlainPositionKernels implements PositionKernels {
    @Override
    public void addSquares(Sums sums, float pivot, float[] x, int at, int channels) {
        addSquares(sums, pivot, x, at, 0, channels);
    }

    void addSquares(Sums sums, float pivot, float[] x, int at, int from, int to) {
        for (int c = from; c < to; c++) {
            float distance = x[at + c] - pivot;
            sums.first[c % Sums.LANES] += distance;
            sums.second[c % Sums.LANES] += distance * distance;
        }
    }

    @Override
    public void normalize(Statistics statistics, float[] scales, float[] shifts, float[] x, float[] y, int at) {
        normalize(statistics, scales, shifts, x, y, at, 0);
    }

    void normalize(Statistics statistics, float[] scales, float[] shifts, float[] x, float[] y, int at, int from) {
        for (int c = from; c < scales.length; c++) {
            y[at + c] = (x[at + c] - statistics.mean()) * statistics.inverseDeviation() * scales[c] + shifts[c];
        }
    }

    @Override
    public void addProducts(Sums sums, Statistics statistics, float[] scales, float[] x, float[] dy, int at) {
        addProducts(sums, statistics, scales, x, dy, at, 0);
    }

    void addProducts(Sums sums, Statistics statistics, float[] scales, float[] x, float[] dy, int at, int from) {
        for (int c = from; c < scales.length; c++) {
            float gradient = scales[c] * dy[at + c];
            float normal = (x[at + c] - statistics.mean()) * statistics.inverseDeviation();
            sums.first[c % Sums.LANES] += gradient;
            sums.second[c % Sums.LANES] += gradient * normal;
        }
    }

    @Override
    public void backward(
            Slopes slopes, Statistics statistics, Affine affine, float[] x, float[] dy, float[] dx, int at) {
        backward(slopes, statistics, affine, x, dy, dx, at, 0);
    }

    void backward(
            Slopes slopes, Statistics statistics, Affine affine, float[] x, float[] dy, float[] dx, int at, int from) {
        float[] scales = affine.scales();
        for (int c = from; c < scales.length; c++) {
            float d = dy[at + c];
            float value = x[at + c];
            float normal = (value - statistics.mean()) * statistics.inverseDeviation();
            dx[at + c] = slopes.inverseDeviation() * (scales[c] * d) + slopes.valueFactor() * value + slopes.constant();
            affine.scaleGradients()[c] += d * normal;
            affine.shiftGradients()[c] += d;
        }
    }
}
