package org.sparknorm.tensor;

import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels with the vectors of the machine. Multiplications and additions stay apart, as in the plain kernels: a
 * fused one would round otherwise. No larger method of ours is called in a loop: where the compiler stops inlining,
 * vectors would become objects.
 */
final class VectorRowKernels implements RowKernels {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    private final RowKernels plain = new PlainRowKernels();

    /** NaN stays NaN. */
    private static FloatVector atLeast(FloatVector value, FloatVector floor) {
        return value.blend(floor, value.compare(LT, floor));
    }

    /** The index after the last whole vector. */
    private static int bound(int from, int to) {
        return from + SPECIES.loopBound(to - from);
    }

    @Override
    public void normalize(Affine affine, float floor, float[] x, float[] y, int at, int from, int to) {
        float[] factors = affine.factors();
        float[] terms = affine.terms();
        FloatVector lowestInput = FloatVector.broadcast(SPECIES, affine.inputFloor());
        FloatVector lowest = FloatVector.broadcast(SPECIES, floor);
        int bound = bound(from, to);
        for (int i = from; i < bound; i += SPECIES.length()) {
            FloatVector value = atLeast(fromArray(SPECIES, x, at + i), lowestInput);
            FloatVector result = value.mul(fromArray(SPECIES, factors, i)).add(fromArray(SPECIES, terms, i));
            atLeast(result, lowest).intoArray(y, at + i);
        }
        plain.normalize(affine, floor, x, y, at, bound, to);
    }

    @Override
    public void normalizeAdding(
            Affine affine, float floor, float[] x, float[] addend, float[] y, int at, int from, int to) {
        float[] factors = affine.factors();
        float[] terms = affine.terms();
        FloatVector lowestInput = FloatVector.broadcast(SPECIES, affine.inputFloor());
        FloatVector lowest = FloatVector.broadcast(SPECIES, floor);
        int bound = bound(from, to);
        for (int i = from; i < bound; i += SPECIES.length()) {
            FloatVector value = atLeast(fromArray(SPECIES, x, at + i), lowestInput);
            FloatVector result = value.mul(fromArray(SPECIES, factors, i))
                    .add(fromArray(SPECIES, terms, i))
                    .add(fromArray(SPECIES, addend, at + i));
            atLeast(result, lowest).intoArray(y, at + i);
        }
        plain.normalizeAdding(affine, floor, x, addend, y, at, bound, to);
    }

    @Override
    public void addSquares(Sums sums, float[] x, int at, int from, int to) {
        float[] centres = sums.centres();
        float[] first = sums.first();
        float[] second = sums.second();
        FloatVector lowestInput = FloatVector.broadcast(SPECIES, sums.inputFloor());
        int bound = bound(from, to);
        for (int i = from; i < bound; i += SPECIES.length()) {
            FloatVector distance =
                    atLeast(fromArray(SPECIES, x, at + i), lowestInput).sub(fromArray(SPECIES, centres, i));
            fromArray(SPECIES, first, i).add(distance).intoArray(first, i);
            fromArray(SPECIES, second, i).add(distance.mul(distance)).intoArray(second, i);
        }
        plain.addSquares(sums, x, at, bound, to);
    }

    @Override
    public void addProducts(
            Sums sums, Affine affine, float floor, float[] x, int at, float[] dy, int dyAt, int from, int to) {
        float[] centres = sums.centres();
        float[] first = sums.first();
        float[] second = sums.second();
        float[] factors = affine.factors();
        float[] terms = affine.terms();
        FloatVector lowestInput = FloatVector.broadcast(SPECIES, affine.inputFloor());
        FloatVector zero = FloatVector.zero(SPECIES);
        int bound = bound(from, to);
        for (int i = from; i < bound; i += SPECIES.length()) {
            FloatVector input = fromArray(SPECIES, x, at + i);
            FloatVector value = atLeast(input, lowestInput);
            VectorMask<Float> open = value.mul(fromArray(SPECIES, factors, i))
                    .add(fromArray(SPECIES, terms, i))
                    .compare(GT, floor);
            FloatVector d = zero.blend(fromArray(SPECIES, dy, dyAt + i), open);
            fromArray(SPECIES, first, i).add(d).intoArray(first, i);
            fromArray(SPECIES, second, i)
                    .add(d.mul(value.sub(fromArray(SPECIES, centres, i))))
                    .intoArray(second, i);
        }
        plain.addProducts(sums, affine, floor, x, at, dy, dyAt, bound, to);
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
        float[] factors = affine.factors();
        float[] terms = affine.terms();
        float[] gradientFactors = combination.gradientFactors();
        float[] valueFactors = combination.valueFactors();
        float[] constants = combination.constants();
        FloatVector lowestInput = FloatVector.broadcast(SPECIES, affine.inputFloor());
        FloatVector zero = FloatVector.zero(SPECIES);
        int bound = bound(from, to);
        for (int i = from; i < bound; i += SPECIES.length()) {
            FloatVector input = fromArray(SPECIES, x, at + i);
            FloatVector value = atLeast(input, lowestInput);
            VectorMask<Float> open = value.mul(fromArray(SPECIES, factors, i))
                    .add(fromArray(SPECIES, terms, i))
                    .compare(GT, floor);
            FloatVector d = zero.blend(fromArray(SPECIES, dy, dyAt + i), open);
            FloatVector gradient = fromArray(SPECIES, gradientFactors, i)
                    .mul(d)
                    .add(fromArray(SPECIES, valueFactors, i).mul(value))
                    .add(fromArray(SPECIES, constants, i));
            zero.blend(gradient, input.compare(GT, lowestInput)).intoArray(dx, at + i);
        }
        plain.combine(combination, affine, floor, x, dx, at, dy, dyAt, bound, to);
    }

    @Override
    public void gate(float[] y, float[] dy, float[] dx, int from, int to) {
        FloatVector zero = FloatVector.zero(SPECIES);
        int bound = bound(from, to);
        for (int i = from; i < bound; i += SPECIES.length()) {
            zero.blend(fromArray(SPECIES, dy, i), fromArray(SPECIES, y, i).compare(GT, 0f))
                    .intoArray(dx, i);
        }
        plain.gate(y, dy, dx, bound, to);
    }

    @Override
    public void add(float[] sum, int sumAt, float[] x, int xAt, int from, int to) {
        int bound = bound(from, to);
        for (int i = from; i < bound; i += SPECIES.length()) {
            fromArray(SPECIES, sum, sumAt + i)
                    .add(fromArray(SPECIES, x, xAt + i))
                    .intoArray(sum, sumAt + i);
        }
        plain.add(sum, sumAt, x, xAt, bound, to);
    }

    @Override
    public void takeLarger(float[] largest, int largestAt, float[] x, int xAt, int from, int to) {
        int bound = bound(from, to);
        for (int i = from; i < bound; i += SPECIES.length()) {
            fromArray(SPECIES, largest, largestAt + i)
                    .max(fromArray(SPECIES, x, xAt + i))
                    .intoArray(largest, largestAt + i);
        }
        plain.takeLarger(largest, largestAt, x, xAt, bound, to);
    }

    @Override
    public void giveToLargest(
            float[] largest, float[] rest, int largestAt, float[] x, float[] dx, int xAt, int from, int to) {
        FloatVector zero = FloatVector.zero(SPECIES);
        int bound = bound(from, to);
        for (int i = from; i < bound; i += SPECIES.length()) {
            VectorMask<Float> isLargest =
                    fromArray(SPECIES, x, xAt + i).compare(EQ, fromArray(SPECIES, largest, largestAt + i));
            FloatVector left = fromArray(SPECIES, rest, largestAt + i);
            FloatVector gradient = fromArray(SPECIES, dx, xAt + i);
            gradient.blend(gradient.add(left), isLargest).intoArray(dx, xAt + i);
            left.blend(zero, isLargest).intoArray(rest, largestAt + i);
        }
        plain.giveToLargest(largest, rest, largestAt, x, dx, xAt, bound, to);
    }
}
