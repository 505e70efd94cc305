package org.sparknorm.tensor;

/**
 * exp, tanh and the logistic function in float32 from additions and multiplications alone, which the JVM gives the same
 * bits on every machine; {@code Math.exp} it may replace by the machine's own. Relative error below 2⁻²², absolute for
 * the logistic function.
 *
 * <p>exp and tanh follow the range reduction and polynomials of Cephes (Moshier), {@code expf} and {@code tanhf}.
 */
public final class Elementary {
    private static final float LOG2_E = 1.44269504088896341f;
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    private static final float LARGEST_EXPONENT = 88.02969f;
    private static final float SMALLEST_EXPONENT = -87.33654f;
    /** 1.5·2²³: adding and subtracting it rounds a float of modest size to the nearest integer. */
    private static final float ROUNDING = 12582912f;

    private static final float TANH_IS_ONE = 9.1f;
    private static final float TANH_POLYNOMIAL_LIMIT = 0.625f;

    private Elementary() {}

    /** eˣ; 0 below −87.3, infinite above 88.03, NaN for NaN. */
    public static float exp(float x) {
        if (x > LARGEST_EXPONENT) {
            return Float.POSITIVE_INFINITY;
        }
        if (x < SMALLEST_EXPONENT) {
            return 0f;
        }
        if (Float.isNaN(x)) {
            return x;
        }
        float shifted = x * LOG2_E + ROUNDING;
        float n = shifted - ROUNDING;
        float r = x - n * LN2_HIGH - n * LN2_LOW;
        float p = 1.9875691500e-4f;
        p = p * r + 1.3981999507e-3f;
        p = p * r + 8.3334519073e-3f;
        p = p * r + 4.1665795894e-2f;
        p = p * r + 1.6666665459e-1f;
        p = p * r + 5.0000001201e-1f;
        float fraction = p * r * r + r + 1f;
        return fraction * Float.intBitsToFloat(((int) n + 127) << 23);
    }

    /** 1 / (1 + e⁻ˣ). */
    public static float sigmoid(float x) {
        return 1f / (1f + exp(-x));
    }

    /** (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ). */
    public static float tanh(float x) {
        float magnitude = Math.abs(x);
        if (magnitude >= TANH_POLYNOMIAL_LIMIT) {
            float value = magnitude > TANH_IS_ONE ? 1f : 1f - 2f / (exp(2f * magnitude) + 1f);
            return x < 0 ? -value : value;
        }
        float z = x * x;
        float p = -5.70498872745e-3f;
        p = p * z + 2.06390887954e-2f;
        p = p * z - 5.37397155531e-2f;
        p = p * z + 1.33314422036e-1f;
        p = p * z - 3.33332819422e-1f;
        return p * z * x + x;
    }
}
