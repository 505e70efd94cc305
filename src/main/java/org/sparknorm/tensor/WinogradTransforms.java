package org.sparknorm.tensor;

/**
 * The one-dimensional transforms of Winograd's F(4, 3) with the points 0, ±1, ±2 and ∞ (Lavin and Gray 2016, section
 * 4.3), in place, on arrays side by side: element l of the results comes from element l of the arguments. Applied along
 * both axes of a tile they are its two-dimensional transforms.
 *
 * <p>Each is cut into loops that are short enough for the JIT compiler to make vector instructions of them; as one loop
 * they took four times as long.
 */
final class WinogradTransforms {
    private WinogradTransforms() {}

    /** Six inputs to six points, for the elements from one index to another: Bᵀ. */
    static void input(float[] d0, float[] d1, float[] d2, float[] d3, float[] d4, float[] d5, int from, int to) {
        outermost(d0, d2, d4, d0, from, to);
        outermost(d1, d3, d5, d5, from, to);
        oddParts(d1, d3, from, to);
        evenParts(d2, d4, from, to);
        sumAndDifference(d2, d1, d1, d2, from, to);
        sumAndDifference(d4, d3, d3, d4, from, to);
    }

    private static void outermost(float[] a, float[] b, float[] c, float[] target, int from, int to) {
        for (int l = from; l < to; l++) {
            target[l] = 4f * a[l] - 5f * b[l] + c[l];
        }
    }

    private static void oddParts(float[] d1, float[] d3, int from, int to) {
        for (int l = from; l < to; l++) {
            float x1 = d1[l];
            float x3 = d3[l];
            d1[l] = x3 - 4f * x1;
            d3[l] = 2f * (x3 - x1);
        }
    }

    private static void evenParts(float[] d2, float[] d4, int from, int to) {
        for (int l = from; l < to; l++) {
            float x2 = d2[l];
            float x4 = d4[l];
            d2[l] = x4 - 4f * x2;
            d4[l] = x4 - x2;
        }
    }

    /** Six points to four outputs, in the first four: Aᵀ. */
    static void output(float[] m0, float[] m1, float[] m2, float[] m3, float[] m4, float[] m5, int from, int to) {
        sumAndDifference(m1, m2, m1, m2, from, to);
        sumAndDifference(m3, m4, m3, m4, from, to);
        for (int l = from; l < to; l++) {
            m0[l] = m0[l] + m1[l] + m3[l];
        }
        for (int l = from; l < to; l++) {
            float difference = m2[l];
            float sumOfTwo = m3[l];
            float differenceOfTwo = m4[l];
            m2[l] = m1[l] + 4f * sumOfTwo;
            m1[l] = difference + 2f * differenceOfTwo;
            m3[l] = difference + 8f * differenceOfTwo + m5[l];
        }
    }

    /** The gradients by four outputs, in the first four, to those by six points: A. */
    static void outputGradient(
            float[] m0, float[] m1, float[] m2, float[] m3, float[] m4, float[] m5, int from, int to) {
        for (int l = from; l < to; l++) {
            float y0 = m0[l];
            float y1 = m1[l];
            float y2 = m2[l];
            float y3 = m3[l];
            float even = y0 + y2;
            float odd = y1 + y3;
            float evenOfTwo = y0 + 4f * y2;
            float oddOfTwo = 2f * y1 + 8f * y3;
            m1[l] = even + odd;
            m2[l] = even - odd;
            m3[l] = evenOfTwo + oddOfTwo;
            m4[l] = evenOfTwo - oddOfTwo;
            m5[l] = y3;
        }
    }

    /** Three weights, in the first three, to six points: G. */
    static void weights(float[] u0, float[] u1, float[] u2, float[] u3, float[] u4, float[] u5, int from, int to) {
        for (int l = from; l < to; l++) {
            float g0 = u0[l];
            float g1 = u1[l];
            float g2 = u2[l];
            float even = (g0 + g2) * (-1f / 6f);
            float odd = g1 * (-1f / 6f);
            float evenOfTwo = g0 * (1f / 24f) + g2 * (1f / 6f);
            float oddOfTwo = g1 * (1f / 12f);
            u0[l] = g0 * 0.25f;
            u1[l] = even + odd;
            u2[l] = even - odd;
            u3[l] = evenOfTwo + oddOfTwo;
            u4[l] = evenOfTwo - oddOfTwo;
            u5[l] = g2;
        }
    }

    /** The gradients by six points to those by three weights, in the first three: Gᵀ. */
    static void weightGradient(
            float[] u0, float[] u1, float[] u2, float[] u3, float[] u4, float[] u5, int from, int to) {
        sumAndDifference(u1, u2, u1, u2, from, to);
        sumAndDifference(u3, u4, u3, u4, from, to);
        for (int l = from; l < to; l++) {
            u0[l] = u0[l] * 0.25f - u1[l] * (1f / 6f) + u3[l] * (1f / 24f);
        }
        for (int l = from; l < to; l++) {
            float sum = u1[l];
            u1[l] = u4[l] * (1f / 12f) - u2[l] * (1f / 6f);
            u2[l] = (u3[l] - sum) * (1f / 6f) + u5[l];
        }
    }

    private static void sumAndDifference(float[] a, float[] b, float[] sum, float[] difference, int from, int to) {
        for (int l = from; l < to; l++) {
            float x = a[l];
            float y = b[l];
            sum[l] = x + y;
            difference[l] = x - y;
        }
    }
}
