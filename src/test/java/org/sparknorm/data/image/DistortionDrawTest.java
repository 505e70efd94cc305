package org.sparknorm.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparknorm.data.image.DistortionDraw.Change;
import org.sparknorm.data.image.DistortionDraw.Step;
import org.sparknorm.tensor.RandomSource;

/** What is drawn for a distortion: bounds, all orders, and the spread of the light. */
@Tag("unit")
class DistortionDrawTest {
    private static final int COUNT = 24_000;
    private static final RandomSource RANDOM = RandomSource.of(1, "distortion");

    @Test
    void strengthZeroChangesNothing() {
        Picture picture = SmallPictures.noise(31, 17);
        Picture distorted = new Distortion().apply(picture, DistortionDraw.of(0, RANDOM));
        assertThat(distorted.pixels()).isEqualTo(picture.pixels());
    }

    @Test
    void everyOrderIsAboutEquallyLikely() {
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < COUNT; i++) {
            List<Change> order = DistortionDraw.of(1, RANDOM.at(i)).steps().stream()
                    .map(Step::change)
                    .toList();
            assertThat(order).containsExactlyInAnyOrder(Change.values());
            counts.merge(order.toString(), 1, Integer::sum);
        }
        assertThat(counts).hasSize(24);
        // 1000 each on average; five deviations of 31.
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(845, 1155));
    }

    @Test
    void amountsFillTheirBounds() {
        assertThat(smallest(1, Change.BRIGHTNESS)).isBetween(0.6, 0.601);
        assertThat(largest(1, Change.BRIGHTNESS)).isBetween(1.399, 1.4001);
        assertThat(smallest(0.5, Change.CONTRAST)).isBetween(0.7999, 0.801);
        assertThat(largest(0.5, Change.CONTRAST)).isBetween(1.199, 1.2001);
        assertThat(smallest(0.25, Change.SATURATION)).isBetween(0.8999, 0.901);
        assertThat(largest(0.25, Change.SATURATION)).isBetween(1.099, 1.1001);
        assertThat(smallest(1, Change.HUE)).isBetween(-0.1001, -0.0999);
        assertThat(largest(1, Change.HUE)).isBetween(0.0999, 0.1001);
    }

    @Test
    void factorsAreNeverNegative() {
        assertThat(smallest(5, Change.BRIGHTNESS)).isZero();
    }

    @Test
    void lightHasTheSpreadOfThePrincipalDirections() {
        double red = 0;
        double redTimesGreen = 0;
        for (int i = 0; i < COUNT; i++) {
            float[] light = DistortionDraw.of(2, RANDOM.at(i)).light();
            red += light[0] * light[0];
            redTimesGreen += light[0] * light[1];
        }
        // 0.1 s · 255 = 51 times (Σ λⱼ² pⱼ²): sums over the three directions, published to four digits.
        double expectedRed = 51 * 51 * (sq(0.2175 * 0.5675) + sq(0.0188 * 0.7192) + sq(0.0045 * 0.4009));
        double expectedBoth =
                51 * 51 * (sq(0.2175) * 0.5675 * 0.5808 - sq(0.0188) * 0.7192 * 0.0045 - sq(0.0045) * 0.4009 * 0.8140);
        // A mean of n squares of normal numbers deviates by √(2/n); five of that.
        double tolerance = 5 * Math.sqrt(2.0 / COUNT);
        assertThat(red / COUNT).isEqualTo(expectedRed, within(tolerance * expectedRed));
        assertThat(redTimesGreen / COUNT).isEqualTo(expectedBoth, within(tolerance * expectedBoth));
    }

    private static double sq(double value) {
        return value * value;
    }

    private static double smallest(double strength, Change change) {
        double smallest = Double.MAX_VALUE;
        for (int i = 0; i < COUNT; i++) {
            smallest = Math.min(smallest, amount(strength, i, change));
        }
        return smallest;
    }

    private static double largest(double strength, Change change) {
        double largest = -Double.MAX_VALUE;
        for (int i = 0; i < COUNT; i++) {
            largest = Math.max(largest, amount(strength, i, change));
        }
        return largest;
    }

    private static double amount(double strength, int draw, Change change) {
        for (Step step : DistortionDraw.of(strength, RANDOM.at(draw)).steps()) {
            if (step.change() == change) {
                return step.amount();
            }
        }
        throw new AssertionError("no " + change);
    }
}
