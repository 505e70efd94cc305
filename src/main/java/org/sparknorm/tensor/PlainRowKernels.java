package org.sparknorm.tensor;

/** The kernels for machines, or Java options, without vectors; and for the few elements after the last whole vector. */
final class PlainRowKernels implements RowKernels {
    @Override
    public void normalize(Affine affine, float floor, float[] x, float[] y, int at, int from, int to) {
        for (int i = from; i < to; i++) {
            y[at + i] =
                    atLeast(atLeast(x[at + i], affine.inputFloor()) * affine.factors()[i] + affine.terms()[i], floor);
        }
    }

    @Override
    public void normalizeAdding(
            Affine affine, float floor, float[] x, float[] addend, float[] y, int at, int from, int to) {
        for (int i = from; i < to; i++) {
            y[at + i] = atLeast(
                    atLeast(x[at + i], affine.inputFloor()) * affine.factors()[i] + affine.terms()[i] + addend[at + i],
                    floor);
        }
    }

    /** NaN stays NaN. */
    private static float atLeast(float value, float floor) {
        return value < floor ? floor : value;
    }

    @Override
    public void addSquares(Sums sums, float[] x, int at, int from, int to) {
        for (int i = from; i < to; i++) {
            float distance = atLeast(x[at + i], sums.inputFloor()) - sums.centres()[i];
            sums.first()[i] += distance;
            sums.second()[i] += distance * distance;
        }
    }

    @Override
    public void addProducts(
            Sums sums, Affine affine, float floor, float[] x, int at, float[] dy, int dyAt, int from, int to) {
        for (int i = from; i < to; i++) {
            float value = atLeast(x[at + i], affine.inputFloor());
            float d = value * affine.factors()[i] + affine.terms()[i] > floor ? dy[dyAt + i] : 0f;
            sums.first()[i] += d;
            sums.second()[i] += d * (value - sums.centres()[i]);
        }
    }

    @Override
    public void combine(
            Combination combination,
            Affine affine,
            float floor,
            float[] x,
            float[] dx,
            int at,
            float[] dy,
            int dyAt,
            int from,
            int to) {
        for (int i = from; i < to; i++) {
            float value = atLeast(x[at + i], affine.inputFloor());
            float d = value * affine.factors()[i] + affine.terms()[i] > floor ? dy[dyAt + i] : 0f;
            float gradient = combination.gradientFactors()[i] * d
                    + combination.valueFactors()[i] * value
                    + combination.constants()[i];
            dx[at + i] = x[at + i] > affine.inputFloor() ? gradient : 0f;
        }
    }

    @Override
    public void gate(float[] y, float[] dy, float[] dx, int from, int to) {
        for (int i = from; i < to; i++) {
            dx[i] = y[i] > 0 ? dy[i] : 0f;
        }
    }

    @Override
    public void add(float[] sum, int sumAt, float[] x, int xAt, int from, int to) {
        for (int i = from; i < to; i++) {
            sum[sumAt + i] += x[xAt + i];
        }
    }

    @Override
    public void takeLarger(float[] largest, int largestAt, float[] x, int xAt, int from, int to) {
        for (int i = from; i < to; i++) {
            largest[largestAt + i] = Math.max(largest[largestAt + i], x[xAt + i]);
        }
    }

    @Override
    public void giveToLargest(
            float[] largest, float[] rest, int largestAt, float[] x, float[] dx, int xAt, int from, int to) {
        for (int i = from; i < to; i++) {
            if (x[xAt + i] == largest[largestAt + i]) {
                dx[xAt + i] += rest[largestAt + i];
                rest[largestAt + i] = 0f;
            }
        }
    }
}
