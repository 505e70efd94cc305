package org.sparknorm.tensor.convolution;

/** The transforms for machines, or Java options, without vectors; and for the elements after the last whole vector. */
final class PlainTileTransforms implements TileTransforms {
    @Override
    public void input(float[] d0, float[] d1, float[] d2, float[] d3, float[] d4, float[] d5, int from, int to) {
        for (int l = from; l < to; l++) {
            float even = d4[l] - 4f * d2[l];
            float odd = d3[l] - 4f * d1[l];
            float evenOfTwo = d4[l] - d2[l];
            float oddOfTwo = 2f * (d3[l] - d1[l]);
            d0[l] = 4f * d0[l] - 5f * d2[l] + d4[l];
            d5[l] = 4f * d1[l] - 5f * d3[l] + d5[l];
            d1[l] = even + odd;
            d2[l] = even - odd;
            d3[l] = evenOfTwo + oddOfTwo;
            d4[l] = evenOfTwo - oddOfTwo;
        }
    }

    @Override
    public void output(float[] m0, float[] m1, float[] m2, float[] m3, float[] m4, float[] m5, int from, int to) {
        for (int l = from; l < to; l++) {
            float sum = m1[l] + m2[l];
            float difference = m1[l] - m2[l];
            float sumOfTwo = m3[l] + m4[l];
            float differenceOfTwo = m3[l] - m4[l];
            m0[l] = m0[l] + sum + sumOfTwo;
            m1[l] = difference + 2f * differenceOfTwo;
            m2[l] = sum + 4f * sumOfTwo;
            m3[l] = difference + 8f * differenceOfTwo + m5[l];
        }
    }

    @Override
    public void outputGradient(
            float[] m0, float[] m1, float[] m2, float[] m3, float[] m4, float[] m5, int from, int to) {
        for (int l = from; l < to; l++) {
            float even = m0[l] + m2[l];
            float odd = m1[l] + m3[l];
            float evenOfTwo = m0[l] + 4f * m2[l];
            float oddOfTwo = 2f * m1[l] + 8f * m3[l];
            m5[l] = m3[l];
            m1[l] = even + odd;
            m2[l] = even - odd;
            m3[l] = evenOfTwo + oddOfTwo;
            m4[l] = evenOfTwo - oddOfTwo;
        }
    }

    @Override
    public void weights(float[] u0, float[] u1, float[] u2, float[] u3, float[] u4, float[] u5, int from, int to) {
        for (int l = from; l < to; l++) {
            float even = (u0[l] + u2[l]) * (-1f / 6f);
            float odd = u1[l] * (-1f / 6f);
            float evenOfTwo = u0[l] * (1f / 24f) + u2[l] * (1f / 6f);
            float oddOfTwo = u1[l] * (1f / 12f);
            u5[l] = u2[l];
            u0[l] = u0[l] * 0.25f;
            u1[l] = even + odd;
            u2[l] = even - odd;
            u3[l] = evenOfTwo + oddOfTwo;
            u4[l] = evenOfTwo - oddOfTwo;
        }
    }

    @Override
    public void weightGradient(
            float[] u0, float[] u1, float[] u2, float[] u3, float[] u4, float[] u5, int from, int to) {
        for (int l = from; l < to; l++) {
            float sum = u1[l] + u2[l];
            float difference = u1[l] - u2[l];
            float sumOfTwo = u3[l] + u4[l];
            float differenceOfTwo = u3[l] - u4[l];
            u0[l] = u0[l] * 0.25f - sum * (1f / 6f) + sumOfTwo * (1f / 24f);
            u1[l] = differenceOfTwo * (1f / 12f) - difference * (1f / 6f);
            u2[l] = (sumOfTwo - sum) * (1f / 6f) + u5[l];
        }
    }
}
