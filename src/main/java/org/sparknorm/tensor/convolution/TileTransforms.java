package org.sparknorm.tensor.convolution;

/**
 * The one-dimensional transforms of Winograd's F(4, 3) with the points 0, ±1, ±2 and ∞ (Lavin and Gray 2016, section
 * 4.3), in place, on six arrays: element l of the results comes from element l of the arguments, for the
 * elements from one index to another. Applied along both axes of a tile they are its two-dimensional transforms. There
 * is a plain implementation and one with vector instructions; both give the same bits.
 */
interface TileTransforms {
    /** Six inputs to six points: Bᵀ. */
    void input(float[] d0, float[] d1, float[] d2, float[] d3, float[] d4, float[] d5, int from, int to);

    /** Six points to four outputs, in the first four: Aᵀ. */
    void output(float[] m0, float[] m1, float[] m2, float[] m3, float[] m4, float[] m5, int from, int to);

    /** The gradients by four outputs, in the first four, to those by six points: A. */
    void outputGradient(float[] m0, float[] m1, float[] m2, float[] m3, float[] m4, float[] m5, int from, int to);

    /** Three weights, in the first three, to six points: G. */
    void weights(float[] u0, float[] u1, float[] u2, float[] u3, float[] u4, float[] u5, int from, int to);

    /** The gradients by six points to those by three weights, in the first three: Gᵀ. */
    void weightGradient(float[] u0, float[] u1, float[] u2, float[] u3, float[] u4, float[] u5, int from, int to);
}
