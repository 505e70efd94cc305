package org.sparknorm.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values are counted in the expected buckets. */
@Tag("unit")
class HistogramTest {
    private static Map<String, Object> of(float... values) {
        Histogram histogram = new Histogram();
        for (float value : values) {
            histogram.add(value);
        }
        return histogram.toMap();
    }

    @ParameterizedTest
    @ValueSource(floats = {1, -1, 0.3f, -123.456f, 2e-12f, -2e-12f, 1e30f, Float.MAX_VALUE, -Float.MAX_VALUE})
    void valueLiesBetweenTheEdgesOfItsBucketWhichAreATenthApart(float value) {
        Map<String, Object> map = of(value);
        double low = (double) map.get("min");
        double high = (double) map.get("max");
        assertThat((double) value).isBetween(low, high);
        assertThat(value > 0 ? high / low : low / high).isCloseTo(1.1, within(1e-9));
        assertThat(map.get("edges")).isEqualTo(List.of(high));
        assertThat(map.get("counts")).isEqualTo(List.of(1.0));
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -0f, 1e-13f, -1e-13f, Float.MIN_VALUE})
    void whatIsNearlyZeroHasABucketOfItsOwn(float value) {
        Map<String, Object> map = of(value);
        assertThat(map.get("min")).isEqualTo(-1e-12);
        assertThat(map.get("max")).isEqualTo(1e-12);
    }

    @Test
    void numbersAreThoseOfAllFiniteValuesAndEmptyBucketsBetweenThemStay() {
        Map<String, Object> map = of(1, 1, -2, 0, Float.NaN, Float.POSITIVE_INFINITY);
        assertThat(map.get("count")).isEqualTo(4.0);
        assertThat(map.get("sum")).isEqualTo(0.0);
        assertThat(map.get("sumOfSquares")).isEqualTo(6.0);
        List<?> counts = (List<?>) map.get("counts");
        assertThat(counts.get(0)).isEqualTo(1.0);
        assertThat(counts.get(counts.size() - 1)).isEqualTo(2.0);
        assertThat(counts.stream().mapToDouble(each -> (double) each).sum()).isEqualTo(4);
        assertThat((List<?>) map.get("edges")).hasSameSizeAs(counts);
    }

    @Test
    void emptyOneIsAllZero() {
        Map<String, Object> map = of();
        assertThat(map.get("count")).isEqualTo(0.0);
        assertThat((List<?>) map.get("counts")).isEmpty();
    }

    @Test
    void sumsOfNumbersAreThoseOfTheWhole() {
        Histogram one = new Histogram();
        one.add(0.5f);
        Histogram other = new Histogram();
        other.add(-3);
        double[] sum = one.numbers().clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += other.numbers()[i];
        }
        assertThat(new Histogram(sum).toMap()).isEqualTo(of(0.5f, -3));
    }
}
