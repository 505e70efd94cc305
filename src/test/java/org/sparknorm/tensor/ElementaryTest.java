package org.sparknorm.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** exp, tanh and the logistic function against {@link StrictMath} in double, and their bits. */
@Tag("unit")
class ElementaryTest {
    /**
     * A rounding of float32 adds at most 2⁻²⁴. Two of them act on the result itself, the polynomial and the reduced
     * argument add less than one each: 2⁻²² in all.
     */
    private static final double BOUND = 0x1.0p-22;

    private static final int POINTS = 400_000;

    private interface FloatFunction {
        float at(float x);
    }

    @Test
    void relativeErrorOfExpIsBounded() {
        assertThat(largestRelativeError(Elementary::exp, StrictMath::exp, -87.3f, 88.02f))
                .isLessThan(BOUND);
    }

    @Test
    void relativeErrorOfTanhIsBounded() {
        assertThat(largestRelativeError(Elementary::tanh, StrictMath::tanh, -10f, 10f))
                .isLessThan(BOUND);
    }

    @Test
    void relativeErrorOfTanhNearZeroIsBounded() {
        assertThat(largestRelativeError(Elementary::tanh, StrictMath::tanh, -1e-3f, 1e-3f))
                .isLessThan(BOUND);
    }

    @Test
    void absoluteErrorOfSigmoidIsBounded() {
        double largest = 0;
        for (int i = 0; i <= POINTS; i++) {
            float x = point(i, -100f, 100f);
            double exact = 1 / (1 + StrictMath.exp(-x));
            largest = Math.max(largest, Math.abs(Elementary.sigmoid(x) - exact));
        }
        assertThat(largest).isLessThan(BOUND);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1",
        "-0.0, 1",
        "88.1, Infinity",
        "1e30, Infinity",
        "Infinity, Infinity",
        "-87.4, 0",
        "-1e30, 0",
        "-Infinity, 0",
        "NaN, NaN"
    })
    void expAtItsLimits(float x, Float expected) {
        assertThat(Elementary.exp(x)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.5", "30, 1", "1e30, 1", "Infinity, 1", "-1e30, 0", "-Infinity, 0", "NaN, NaN"})
    void sigmoidAtItsLimits(float x, Float expected) {
        assertThat(Elementary.sigmoid(x)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "9.2, 1", "-9.2, -1", "1e30, 1", "-1e30, -1", "Infinity, 1", "-Infinity, -1", "NaN, NaN"})
    void tanhAtItsLimits(float x, Float expected) {
        assertThat(Elementary.tanh(x)).isEqualTo(expected);
    }

    @Test
    void tanhIsOddToTheBit() {
        for (int i = 0; i <= 10_000; i++) {
            float x = point(i * (POINTS / 10_000), 1e-6f, 12f);
            assertThat(Elementary.tanh(-x)).isEqualTo(-Elementary.tanh(x));
        }
    }

    @Test
    void theBitsAreThoseOfEveryOtherMachine() {
        // From the same formulas in another language.
        assertThat(checksum(Elementary::exp)).isEqualTo(430_845_415L);
        assertThat(checksum(Elementary::sigmoid)).isEqualTo(2_956_928_397L);
        assertThat(checksum(Elementary::tanh)).isEqualTo(209_713_657L);
    }

    private static double largestRelativeError(
            FloatFunction function, DoubleUnaryOperator exact, float low, float high) {
        double largest = 0;
        for (int i = 0; i <= POINTS; i++) {
            float x = point(i, low, high);
            double expected = exact.applyAsDouble(x);
            if (expected != 0) {
                largest = Math.max(largest, Math.abs(function.at(x) - expected) / Math.abs(expected));
            }
        }
        return largest;
    }

    private static float point(int index, float low, float high) {
        return (float) (low + ((double) high - low) * index / POINTS);
    }

    private static long checksum(FloatFunction function) {
        CRC32 checksum = new CRC32();
        for (int i = 0; i <= 1_000; i++) {
            int bits = Float.floatToIntBits(function.at((i - 500) / 32f));
            for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                checksum.update(bits >>> shift);
            }
        }
        return checksum.getValue();
    }
}
