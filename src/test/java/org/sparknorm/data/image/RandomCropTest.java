package org.sparknorm.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparknorm.config.Range;
import org.sparknorm.tensor.RandomSource;

/** Random parts: their rule by hand, their bounds, and their distributions. */
@Tag("unit")
class RandomCropTest {
    private static final int COUNT = 20_000;
    /** A mean of many draws is farther than five of its deviations off once in 1.7 million seeds; this seed is fixed. */
    private static final double DEVIATIONS = 5;

    private static final RandomSource RANDOM = RandomSource.of(1, "crop");
    private static final RandomCrop USUAL = new RandomCrop(new Range(0.08, 1), new Range(3.0 / 4, 4.0 / 3));
    /** Of a square picture every part fits, so nothing is tried twice. */
    private static final RandomCrop FITTING = new RandomCrop(new Range(0.1, 0.5), new Range(0.6, 1 / 0.6));

    @ParameterizedTest
    @CsvSource({
        "0.25, 1, 8, 8, 4, 4",
        "0.25, 4, 8, 8, 8, 2",
        "0.25, 0.25, 8, 8, 2, 8",
        // Sides of 2.5 and 3.5 are rounded to the even number.
        "0.25, 1, 5, 5, 2, 2",
        "0.25, 1, 7, 7, 4, 4",
        "1, 1, 6, 6, 6, 6"
    })
    void areaAndAspectGiveTheSides(double area, double aspect, int width, int height, int partWidth, int partHeight) {
        Rectangle part = fixed(area, aspect).of(width, height, RANDOM);
        assertThat(part.width()).isEqualTo(partWidth);
        assertThat(part.height()).isEqualTo(partHeight);
    }

    @ParameterizedTest
    @CsvSource({
        // width, height, left, top, width and height of the part; allowed shapes are 3:4 to 4:3.
        "1, 500, 0, 249, 1, 1",
        "2000, 3, 998, 0, 4, 3",
        "3, 2000, 0, 998, 3, 4",
        "300, 20, 136, 0, 27, 20",
        "1, 1, 0, 0, 1, 1"
    })
    void picturesInWhichNothingFitsGiveTheirCentre(
            int width, int height, int left, int top, int partWidth, int partHeight) {
        RandomCrop large = new RandomCrop(new Range(0.9, 1), new Range(3.0 / 4, 4.0 / 3));
        assertThat(large.of(width, height, RANDOM)).isEqualTo(new Rectangle(left, top, partWidth, partHeight));
    }

    @Test
    void aPictureOfAnAllowedShapeInWhichNothingFitsIsTakenWhole() {
        // The whole area in a shape of 0.5 to 2 fits only where the shape comes out within 1/1000 of 1.
        RandomCrop all = new RandomCrop(new Range(1, 1), new Range(0.5, 2));
        assertThat(all.of(1000, 1000, RANDOM)).isEqualTo(new Rectangle(0, 0, 1000, 1000));
    }

    @Test
    void aSideNeverVanishes() {
        assertThat(fixed(1, 3).of(1, 9, RANDOM)).isEqualTo(new Rectangle(0, 4, 1, 1));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 500", "2000, 3", "2, 3", "500, 375", "32, 32"})
    void partsLieInside(int width, int height) {
        for (int i = 0; i < 2_000; i++) {
            Rectangle part = USUAL.of(width, height, RANDOM.at(i));
            assertThat(part.width()).isBetween(1, width);
            assertThat(part.height()).isBetween(1, height);
            assertThat(part.left()).isBetween(0, width - part.width());
            assertThat(part.top()).isBetween(0, height - part.height());
        }
    }

    @Test
    void areasAndShapesAreWithinTheirBounds() {
        for (int i = 0; i < COUNT; i++) {
            Rectangle part = USUAL.of(1000, 800, RANDOM.at(i));
            // The shortest side is √(0.08 · 800,000 · 3/4) = 219; rounding both sides by a half is less than 0.5 %.
            assertThat((double) part.width() * part.height() / 800_000).isBetween(0.08 * 0.995, 1.0);
            assertThat((double) part.width() / part.height()).isBetween(0.745, 1.34);
        }
    }

    @Test
    void areasAreUniform() {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < COUNT; i++) {
            double area = area(FITTING.of(10_000, 10_000, RANDOM.at(i)));
            sum += area;
            squares += (area - 0.3) * (area - 0.3);
        }
        double deviation = 0.4 / Math.sqrt(12);
        assertThat(sum / COUNT).isEqualTo(0.3, within(DEVIATIONS * deviation / Math.sqrt(COUNT)));
        assertThat(Math.sqrt(squares / COUNT)).isEqualTo(deviation, within(0.02 * deviation));
    }

    @Test
    void shapesAreAsOftenWideAsTall() {
        double sum = 0;
        for (int i = 0; i < COUNT; i++) {
            Rectangle part = FITTING.of(10_000, 10_000, RANDOM.at(i));
            sum += Math.log((double) part.width() / part.height());
        }
        double deviation = 2 * Math.log(1 / 0.6) / Math.sqrt(12);
        assertThat(sum / COUNT).isEqualTo(0, within(DEVIATIONS * deviation / Math.sqrt(COUNT)));
    }

    @Test
    void allPlacesAreAboutEquallyLikely() {
        RandomCrop quarter = fixed(0.25, 1);
        int[] lefts = new int[5];
        int[] tops = new int[5];
        for (int i = 0; i < COUNT; i++) {
            Rectangle part = quarter.of(8, 8, RANDOM.at(i));
            lefts[part.left()]++;
            tops[part.top()]++;
        }
        double expected = COUNT / 5.0;
        double tolerance = DEVIATIONS * Math.sqrt(COUNT * 0.2 * 0.8);
        for (int place = 0; place < 5; place++) {
            assertThat((double) lefts[place]).isEqualTo(expected, within(tolerance));
            assertThat((double) tops[place]).isEqualTo(expected, within(tolerance));
        }
    }

    private static double area(Rectangle part) {
        return part.width() * (double) part.height() / 1e8;
    }

    private static RandomCrop fixed(double area, double aspect) {
        return new RandomCrop(new Range(area, area), new Range(aspect, aspect));
    }
}
