package org.sparknorm.tensor;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * With the vectors of the machine. Multiplications and additions stay apart, as in the plain kernels: a fused one would
 * round otherwise.
 */
final class VectorRowKernels implements RowKernels {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    private final RowKernels plain = new PlainRowKernels();

    private static FloatVector load(float[] values, int at) {
        return FloatVector.fromArray(SPECIES, values, at);
    }

    /** Not a number stays what it is. */
    private static FloatVector atLeast(FloatVector value, FloatVector floor) {
        return value.blend(floor, value.compare(LT, floor));
    }

    /** Behind the last whole vector. */
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
            FloatVector value = atLeast(load(x, at + i), lowestInput);
            FloatVector result = value.mul(load(factors, i)).add(load(terms, i));
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
            FloatVector value = atLeast(load(x, at + i), lowestInput);
            FloatVector result = value.mul(load(factors, i)).add(load(terms, i)).add(load(addend, at + i));
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
            FloatVector distance = atLeast(load(x, at + i), lowestInput).sub(load(centres, i));
            load(first, i).add(distance).intoArray(first, i);
            load(second, i).add(distance.mul(distance)).intoArray(second, i);
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
            FloatVector input = load(x, at + i);
            FloatVector value = atLeast(input, lowestInput);
            VectorMask<Float> open =
                    value.mul(load(factors, i)).add(load(terms, i)).compare(GT, floor);
            FloatVector d = zero.blend(load(dy, dyAt + i), open);
            load(first, i).add(d).intoArray(first, i);
            load(second, i).add(d.mul(value.sub(load(centres, i)))).intoArray(second, i);
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
            FloatVector input = load(x, at + i);
            FloatVector value = atLeast(input, lowestInput);
            VectorMask<Float> open =
                    value.mul(load(factors, i)).add(load(terms, i)).compare(GT, floor);
            FloatVector d = zero.blend(load(dy, dyAt + i), open);
            FloatVector gradient = load(gradientFactors, i)
                    .mul(d)
                    .add(load(valueFactors, i).mul(value))
                    .add(load(constants, i));
            zero.blend(gradient, input.compare(GT, lowestInput)).intoArray(dx, at + i);
        }
        plain.combine(combination, affine, floor, x, dx, at, dy, dyAt, bound, to);
    }

    @Override
    public void gate(float[] y, float[] dy, float[] dx, int from, int to) {
        FloatVector zero = FloatVector.zero(SPECIES);
        int bound = bound(from, to);
        for (int i = from; i < bound; i += SPECIES.length()) {
            zero.blend(load(dy, i), load(y, i).compare(GT, 0f)).intoArray(dx, i);
        }
        plain.gate(y, dy, dx, bound, to);
    }

    @Override
    public void add(float[] sum, int sumAt, float[] x, int xAt, int from, int to) {
        int bound = bound(from, to);
        for (int i = from; i < bound; i += SPECIES.length()) {
            load(sum, sumAt + i).add(load(x, xAt + i)).intoArray(sum, sumAt + i);
        }
        plain.add(sum, sumAt, x, xAt, bound, to);
    }

    @Override
    public void takeLarger(float[] largest, int largestAt, float[] x, int xAt, int from, int to) {
        int bound = bound(from, to);
        for (int i = from; i < bound; i += SPECIES.length()) {
            load(largest, largestAt + i).max(load(x, xAt + i)).intoArray(largest, largestAt + i);
        }
        plain.takeLarger(largest, largestAt, x, xAt, bound, to);
    }

    @Override
    public void giveToLargest(
            float[] largest, float[] rest, int largestAt, float[] x, float[] dx, int xAt, int from, int to) {
        FloatVector zero = FloatVector.zero(SPECIES);
        int bound = bound(from, to);
        for (int i = from; i < bound; i += SPECIES.length()) {
            VectorMask<Float> isLargest = load(x, xAt + i).compare(EQ, load(largest, largestAt + i));
            FloatVector left = load(rest, largestAt + i);
            FloatVector gradient = load(dx, xAt + i);
            gradient.blend(gradient.add(left), isLargest).intoArray(dx, xAt + i);
            left.blend(zero, isLargest).intoArray(rest, largestAt + i);
        }
        plain.giveToLargest(largest, rest, largestAt, x, dx, xAt, bound, to);
    }
}
