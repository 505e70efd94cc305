package org.sparknorm.tensor.convolution;

import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The transforms with the vectors of the machine: every transform is one loop, with all its values in registers. No
 * method of ours is called in a loop: where the compiler stops inlining, vectors would become objects.
 */
final class VectorTileTransforms implements TileTransforms {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    private final TileTransforms plain = new PlainTileTransforms();

    /** The index after the last whole vector. */
    private static int bound(int from, int to) {
        return from + SPECIES.loopBound(to - from);
    }

    @Override
    public void input(float[] d0, float[] d1, float[] d2, float[] d3, float[] d4, float[] d5, int from, int to) {
        int bound = bound(from, to);
        for (int l = from; l < bound; l += SPECIES.length()) {
            FloatVector x1 = fromArray(SPECIES, d1, l);
            FloatVector x2 = fromArray(SPECIES, d2, l);
            FloatVector x3 = fromArray(SPECIES, d3, l);
            FloatVector x4 = fromArray(SPECIES, d4, l);
            FloatVector even = x4.sub(x2.mul(4f));
            FloatVector odd = x3.sub(x1.mul(4f));
            FloatVector evenOfTwo = x4.sub(x2);
            FloatVector oddOfTwo = x3.sub(x1).mul(2f);
            fromArray(SPECIES, d0, l).mul(4f).sub(x2.mul(5f)).add(x4).intoArray(d0, l);
            x1.mul(4f).sub(x3.mul(5f)).add(fromArray(SPECIES, d5, l)).intoArray(d5, l);
            even.add(odd).intoArray(d1, l);
            even.sub(odd).intoArray(d2, l);
            evenOfTwo.add(oddOfTwo).intoArray(d3, l);
            evenOfTwo.sub(oddOfTwo).intoArray(d4, l);
        }
        plain.input(d0, d1, d2, d3, d4, d5, bound, to);
    }

    @Override
    public void output(float[] m0, float[] m1, float[] m2, float[] m3, float[] m4, float[] m5, int from, int to) {
        int bound = bound(from, to);
        for (int l = from; l < bound; l += SPECIES.length()) {
            FloatVector p1 = fromArray(SPECIES, m1, l);
            FloatVector p2 = fromArray(SPECIES, m2, l);
            FloatVector p3 = fromArray(SPECIES, m3, l);
            FloatVector p4 = fromArray(SPECIES, m4, l);
            FloatVector sum = p1.add(p2);
            FloatVector difference = p1.sub(p2);
            FloatVector sumOfTwo = p3.add(p4);
            FloatVector differenceOfTwo = p3.sub(p4);
            fromArray(SPECIES, m0, l).add(sum).add(sumOfTwo).intoArray(m0, l);
            difference.add(differenceOfTwo.mul(2f)).intoArray(m1, l);
            sum.add(sumOfTwo.mul(4f)).intoArray(m2, l);
            difference
                    .add(differenceOfTwo.mul(8f))
                    .add(fromArray(SPECIES, m5, l))
                    .intoArray(m3, l);
        }
        plain.output(m0, m1, m2, m3, m4, m5, bound, to);
    }

    @Override
    public void outputGradient(
            float[] m0, float[] m1, float[] m2, float[] m3, float[] m4, float[] m5, int from, int to) {
        int bound = bound(from, to);
        for (int l = from; l < bound; l += SPECIES.length()) {
            FloatVector y0 = fromArray(SPECIES, m0, l);
            FloatVector y1 = fromArray(SPECIES, m1, l);
            FloatVector y2 = fromArray(SPECIES, m2, l);
            FloatVector y3 = fromArray(SPECIES, m3, l);
            FloatVector even = y0.add(y2);
            FloatVector odd = y1.add(y3);
            FloatVector evenOfTwo = y0.add(y2.mul(4f));
            FloatVector oddOfTwo = y1.mul(2f).add(y3.mul(8f));
            even.add(odd).intoArray(m1, l);
            even.sub(odd).intoArray(m2, l);
            evenOfTwo.add(oddOfTwo).intoArray(m3, l);
            evenOfTwo.sub(oddOfTwo).intoArray(m4, l);
            y3.intoArray(m5, l);
        }
        plain.outputGradient(m0, m1, m2, m3, m4, m5, bound, to);
    }

    @Override
    public void weights(float[] u0, float[] u1, float[] u2, float[] u3, float[] u4, float[] u5, int from, int to) {
        int bound = bound(from, to);
        for (int l = from; l < bound; l += SPECIES.length()) {
            FloatVector g0 = fromArray(SPECIES, u0, l);
            FloatVector g1 = fromArray(SPECIES, u1, l);
            FloatVector g2 = fromArray(SPECIES, u2, l);
            FloatVector even = g0.add(g2).mul(-1f / 6f);
            FloatVector odd = g1.mul(-1f / 6f);
            FloatVector evenOfTwo = g0.mul(1f / 24f).add(g2.mul(1f / 6f));
            FloatVector oddOfTwo = g1.mul(1f / 12f);
            g0.mul(0.25f).intoArray(u0, l);
            even.add(odd).intoArray(u1, l);
            even.sub(odd).intoArray(u2, l);
            evenOfTwo.add(oddOfTwo).intoArray(u3, l);
            evenOfTwo.sub(oddOfTwo).intoArray(u4, l);
            g2.intoArray(u5, l);
        }
        plain.weights(u0, u1, u2, u3, u4, u5, bound, to);
    }

    @Override
    public void weightGradient(
            float[] u0, float[] u1, float[] u2, float[] u3, float[] u4, float[] u5, int from, int to) {
        int bound = bound(from, to);
        for (int l = from; l < bound; l += SPECIES.length()) {
            FloatVector p1 = fromArray(SPECIES, u1, l);
            FloatVector p2 = fromArray(SPECIES, u2, l);
            FloatVector p3 = fromArray(SPECIES, u3, l);
            FloatVector p4 = fromArray(SPECIES, u4, l);
            FloatVector sum = p1.add(p2);
            FloatVector difference = p1.sub(p2);
            FloatVector sumOfTwo = p3.add(p4);
            FloatVector differenceOfTwo = p3.sub(p4);
            fromArray(SPECIES, u0, l)
                    .mul(0.25f)
                    .sub(sum.mul(1f / 6f))
                    .add(sumOfTwo.mul(1f / 24f))
                    .intoArray(u0, l);
            differenceOfTwo.mul(1f / 12f).sub(difference.mul(1f / 6f)).intoArray(u1, l);
            sumOfTwo.sub(sum).mul(1f / 6f).add(fromArray(SPECIES, u5, l)).intoArray(u2, l);
        }
        plain.weightGradient(u0, u1, u2, u3, u4, u5, bound, to);
    }
}
