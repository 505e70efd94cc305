package org.sparknorm.tensor;

import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels with the vectors of the machine, if a whole number of them makes a round of lanes. Multiplications and
 * additions stay apart, as in the plain kernels: a fused one would round otherwise.
 */
final class VectorPositionKernels implements PositionKernels {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED.length() <= Sums.LANES
            ? FloatVector.SPECIES_PREFERRED
            : FloatVector.SPECIES_512;
    private static final int LENGTH = SPECIES.length();

    private final PlainPositionKernels plain = new PlainPositionKernels();

    /** The index after the last whole round of lanes. */
    private static int rounds(int channels) {
        return channels - channels % Sums.LANES;
    }

    @Override
    public void addSquares(Sums sums, float pivot, float[] x, int at, int channels) {
        int rounds = rounds(channels);
        for (int lane = 0; lane < Sums.LANES; lane += LENGTH) {
            FloatVector first = fromArray(SPECIES, sums.first, lane);
            FloatVector second = fromArray(SPECIES, sums.second, lane);
            for (int c = lane; c < rounds; c += Sums.LANES) {
                FloatVector distance = fromArray(SPECIES, x, at + c).sub(pivot);
                first = first.add(distance);
                second = second.add(distance.mul(distance));
            }
            first.intoArray(sums.first, lane);
            second.intoArray(sums.second, lane);
        }
        plain.addSquares(sums, pivot, x, at, rounds, channels);
    }

    @Override
    public void normalize(Statistics statistics, float[] scales, float[] shifts, float[] x, float[] y, int at) {
        FloatVector mean = FloatVector.broadcast(SPECIES, statistics.mean());
        FloatVector inverse = FloatVector.broadcast(SPECIES, statistics.inverseDeviation());
        int bound = SPECIES.loopBound(scales.length);
        for (int c = 0; c < bound; c += LENGTH) {
            fromArray(SPECIES, x, at + c)
                    .sub(mean)
                    .mul(inverse)
                    .mul(fromArray(SPECIES, scales, c))
                    .add(fromArray(SPECIES, shifts, c))
                    .intoArray(y, at + c);
        }
        plain.normalize(statistics, scales, shifts, x, y, at, bound);
    }

    @Override
    public void addProducts(Sums sums, Statistics statistics, float[] scales, float[] x, float[] dy, int at) {
        FloatVector mean = FloatVector.broadcast(SPECIES, statistics.mean());
        FloatVector inverse = FloatVector.broadcast(SPECIES, statistics.inverseDeviation());
        int rounds = rounds(scales.length);
        for (int lane = 0; lane < Sums.LANES; lane += LENGTH) {
            FloatVector first = fromArray(SPECIES, sums.first, lane);
            FloatVector second = fromArray(SPECIES, sums.second, lane);
            for (int c = lane; c < rounds; c += Sums.LANES) {
                FloatVector gradient = fromArray(SPECIES, scales, c).mul(fromArray(SPECIES, dy, at + c));
                FloatVector normal = fromArray(SPECIES, x, at + c).sub(mean).mul(inverse);
                first = first.add(gradient);
                second = second.add(gradient.mul(normal));
            }
            first.intoArray(sums.first, lane);
            second.intoArray(sums.second, lane);
        }
        plain.addProducts(sums, statistics, scales, x, dy, at, rounds);
    }

    @Override
    public void backward(
            Slopes slopes, Statistics statistics, Affine affine, float[] x, float[] dy, float[] dx, int at) {
        float[] scales = affine.scales();
        float[] scaleGradients = affine.scaleGradients();
        float[] shiftGradients = affine.shiftGradients();
        FloatVector mean = FloatVector.broadcast(SPECIES, statistics.mean());
        FloatVector inverse = FloatVector.broadcast(SPECIES, statistics.inverseDeviation());
        FloatVector factor = FloatVector.broadcast(SPECIES, slopes.inverseDeviation());
        FloatVector valueFactor = FloatVector.broadcast(SPECIES, slopes.valueFactor());
        FloatVector constant = FloatVector.broadcast(SPECIES, slopes.constant());
        int bound = SPECIES.loopBound(scales.length);
        for (int c = 0; c < bound; c += LENGTH) {
            FloatVector d = fromArray(SPECIES, dy, at + c);
            FloatVector value = fromArray(SPECIES, x, at + c);
            FloatVector normal = value.sub(mean).mul(inverse);
            factor.mul(fromArray(SPECIES, scales, c).mul(d))
                    .add(valueFactor.mul(value))
                    .add(constant)
                    .intoArray(dx, at + c);
            fromArray(SPECIES, scaleGradients, c).add(d.mul(normal)).intoArray(scaleGradients, c);
            fromArray(SPECIES, shiftGradients, c).add(d).intoArray(shiftGradients, c);
        }
        plain.backward(slopes, statistics, affine, x, dy, dx, at, bound);
    }
}
