package org.sparknorm.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.data.image.DistortionDraw.Change;
import org.sparknorm.data.image.DistortionDraw.Step;

/** Photometric distortion: each change by hand, sequences as torchvision computes them, hue as HSV is defined. */
@Tag("unit")
class DistortionTest {
    /** Half for the rounding to bytes, the rest for floats, of which a picture goes through some dozen roundings. */
    private static final double ROUNDING = 0.51;

    private static final float[] DARK = {0, 0, 0};

    private final Distortion distortion = new Distortion();

    @Test
    void brightnessMultiplies() {
        assertThat(distorted(SmallPictures.of(1, 1, 10, 101, 200), new Step(Change.BRIGHTNESS, 1.25f)))
                .containsExactly(13, 126, 250);
    }

    @Test
    void valuesBeyondWhiteAreWhite() {
        assertThat(distorted(
                        SmallPictures.of(1, 1, 10, 100, 200),
                        new Step(Change.BRIGHTNESS, 2),
                        new Step(Change.BRIGHTNESS, 0.5f)))
                .as("clamped before the next change")
                .containsExactly(10, 100, 128);
    }

    @Test
    void contrastOfNothingIsTheMeanGreyOfThePicture() {
        // Greys 0.2989·100 = 29.89 and 0.587·50 + 0.114·200 = 52.15; their mean 41.02.
        assertThat(distorted(SmallPictures.of(2, 1, 100, 0, 0, 0, 50, 200), new Step(Change.CONTRAST, 0)))
                .containsExactly(41, 41, 41, 41, 41, 41);
    }

    @Test
    void contrastMovesValuesAwayFromTheMean() {
        assertThat(distorted(SmallPictures.grey(2, 1, 100, 140), new Step(Change.CONTRAST, 1.5f)))
                .containsExactly(90, 90, 90, 150, 150, 150);
    }

    @Test
    void saturationOfNothingIsGrey() {
        assertThat(distorted(SmallPictures.of(2, 1, 100, 0, 0, 0, 50, 200), new Step(Change.SATURATION, 0)))
                .containsExactly(30, 30, 30, 52, 52, 52);
    }

    @ParameterizedTest
    @CsvSource({"0.3333333, 0, 255, 0", "-0.3333333, 0, 0, 255", "0.1666667, 255, 255, 0", "0.5, 0, 255, 255"})
    void hueTurnsRedToItsNeighbours(float turn, int red, int green, int blue) {
        assertThat(distorted(SmallPictures.of(1, 1, 255, 0, 0), new Step(Change.HUE, turn)))
                .containsExactly(red, green, blue);
    }

    @Test
    void cyanIsTurnedThoughItsGreenIsItsBlue() {
        assertThat(distorted(SmallPictures.of(1, 1, 20, 220, 220), new Step(Change.HUE, 0.5f)))
                .containsExactly(220, 20, 20);
    }

    @Test
    void hueAndSaturationLeaveGreysAlone() {
        Picture greys = SmallPictures.grey(4, 1, 0, 1, 100, 255);
        assertThat(distorted(greys, new Step(Change.HUE, 0.2f), new Step(Change.SATURATION, 1.4f)))
                .isEqualTo(SmallPictures.values(greys));
    }

    @ParameterizedTest
    @ValueSource(floats = {-0.5f, -0.31f, -0.1f, -0.001f, 0, 0.04f, 0.1f, 0.27f, 0.4999f})
    void hueIsTurnedAsHsvSays(float turn) {
        Picture picture = SmallPictures.noise(65, 13);
        int[] turned = distorted(picture, new Step(Change.HUE, turn));
        int[] values = SmallPictures.values(picture);
        for (int i = 0; i < values.length; i += 3) {
            double[] expected = turnedByCases(values[i], values[i + 1], values[i + 2], turn);
            for (int channel = 0; channel < 3; channel++) {
                assertThat((double) turned[i + channel])
                        .as("value %d", i + channel)
                        .isEqualTo(expected[channel], within(ROUNDING));
            }
        }
    }

    @Test
    void aSequenceIsThatOfTorchvision() {
        // torchvision 0.29, functions of _functional_tensor on doubles from 0 to 1, times 255.
        double[] expected = {
            31.11, 130.87, 141.68, 255.00, 255.00, 74.09, 166.19, 81.76, 248.84, 92.66, 255.00, 101.60, 159.58, 53.92,
            60.41, 255.00, 255.00, 255.00, 41.97, 132.09, 142.71, 255.00, 255.00, 62.16, 159.98, 64.45, 233.98, 66.93,
            255.00, 68.40, 39.71, 100.74, 255.00, 232.15, 217.40, 226.94
        };
        assertNear(
                expected,
                distorted(
                        SmallPictures.formula(4, 3),
                        new Step(Change.CONTRAST, 0.7f),
                        new Step(Change.HUE, -0.08f),
                        new Step(Change.BRIGHTNESS, 1.3f),
                        new Step(Change.SATURATION, 1.35f)));
    }

    @Test
    void anotherOrderIsThatOfTorchvision() {
        double[] expected = {
            34.79, 0.00, 0.00, 117.29, 96.18, 205.05, 67.13, 129.76, 38.37, 204.81, 94.60, 180.08, 0.00, 47.33, 54.18,
            230.16, 235.27, 229.89, 39.16, 0.00, 0.00, 104.71, 87.11, 198.66, 42.33, 111.28, 18.54, 171.54, 64.02,
            151.38, 132.10, 124.84, 0.00, 169.75, 177.81, 174.05
        };
        assertNear(
                expected,
                distorted(
                        SmallPictures.formula(4, 3),
                        new Step(Change.SATURATION, 0.6f),
                        new Step(Change.BRIGHTNESS, 0.8f),
                        new Step(Change.HUE, 0.45f),
                        new Step(Change.CONTRAST, 1.4f)));
    }

    @Test
    void lightIsAddedToEachChannel() {
        DistortionDraw draw = new DistortionDraw(List.of(), new float[] {10.4f, -5.6f, 100});
        Picture lit = distortion.apply(SmallPictures.of(2, 1, 1, 2, 200, 50, 60, 70), draw);
        assertThat(SmallPictures.values(lit)).containsExactly(11, 0, 255, 60, 54, 170);
    }

    @Test
    void aSmallerPictureAfterALargerIsDistortedAlone() {
        Step contrast = new Step(Change.CONTRAST, 0.5f);
        int[] before = distorted(SmallPictures.noise(3, 3), contrast);
        distorted(SmallPictures.noise(20, 20), contrast);
        assertThat(distorted(SmallPictures.noise(3, 3), contrast)).isEqualTo(before);
    }

    private int[] distorted(Picture picture, Step... steps) {
        return SmallPictures.values(distortion.apply(picture, new DistortionDraw(List.of(steps), DARK)));
    }

    private static void assertNear(double[] expected, int[] actual) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).as("value %d", i).isEqualTo(expected[i], within(ROUNDING + 0.005));
        }
    }

    /** By the six cases of the textbook, there and back. */
    private static double[] turnedByCases(double red, double green, double blue, double turn) {
        double largest = Math.max(red, Math.max(green, blue));
        double chroma = largest - Math.min(red, Math.min(green, blue));
        if (chroma == 0) {
            return new double[] {red, green, blue};
        }
        double hue = largest == red
                ? (green - blue) / chroma
                : largest == green ? 2 + (blue - red) / chroma : 4 + (red - green) / chroma;
        double turned = ((hue + 6 * turn) % 6 + 6) % 6;
        int sector = (int) turned;
        double rest = largest - chroma;
        double falling = largest - chroma * (turned - sector);
        double rising = rest + chroma * (turned - sector);
        return switch (sector) {
            case 0 -> new double[] {largest, rising, rest};
            case 1 -> new double[] {falling, largest, rest};
            case 2 -> new double[] {rest, largest, rising};
            case 3 -> new double[] {rest, falling, largest};
            case 4 -> new double[] {rising, rest, largest};
            default -> new double[] {largest, rest, falling};
        };
    }
}
