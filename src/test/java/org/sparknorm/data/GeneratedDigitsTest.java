package org.sparknorm.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The generated digits: a pure function of (seed, split, index), balanced, inked, and not linearly trivial. */
@Tag("unit")
class GeneratedDigitsTest {
    private static final int PIXELS = GeneratedDigits.SHAPE.size();
    private static final long SEED = 1;
    private static final int DARK = 40;
    private static final int BRIGHT = 180;

    @Test
    void sameCoordinatesGiveTheSameBytes() {
        assertThat(picture(SEED, Split.TRAIN, 7)).isEqualTo(picture(SEED, Split.TRAIN, 7));
    }

    @Test
    void anotherIndexSplitOrSeedGivesOtherBytes() {
        byte[] picture = picture(SEED, Split.TRAIN, 7);
        assertThat(picture(SEED, Split.TRAIN, 8)).isNotEqualTo(picture);
        assertThat(picture(SEED, Split.VALIDATION, 7)).isNotEqualTo(picture);
        assertThat(picture(SEED + 1, Split.TRAIN, 7)).isNotEqualTo(picture);
    }

    @Test
    void drawFillsOnlyItsOwnBytes() {
        byte[] pixels = new byte[3 * PIXELS];
        GeneratedDigits.draw(SEED, Split.TRAIN, 7, pixels, PIXELS);
        assertThat(pixels).startsWith(new byte[PIXELS]).endsWith(new byte[PIXELS]);
        assertThat(pixels).containsSequence(picture(SEED, Split.TRAIN, 7));
    }

    @Test
    void labelsAreRoughlyBalanced() {
        int[] counts = new int[GeneratedDigits.CLASSES];
        for (int i = 0; i < 5_000; i++) {
            counts[GeneratedDigits.draw(SEED, Split.TRAIN, i, new byte[PIXELS], 0)]++;
        }
        for (int count : counts) {
            assertThat(count).isBetween(400, 600);
        }
    }

    @Test
    void everyPictureIsMostlyDarkWithBrightInk() {
        for (int i = 0; i < 2_000; i++) {
            int dark = 0;
            int bright = 0;
            for (byte pixel : picture(SEED, Split.TRAIN, i)) {
                dark += Byte.toUnsignedInt(pixel) < DARK ? 1 : 0;
                bright += Byte.toUnsignedInt(pixel) > BRIGHT ? 1 : 0;
            }
            assertThat(dark).as("dark pixels of %d", i).isGreaterThan(PIXELS / 2);
            assertThat(bright).as("bright pixels of %d", i).isGreaterThan(8);
        }
    }

    @Test
    void theBitsAreThoseOfEveryOtherMachine() {
        CRC32 checksum = new CRC32();
        for (int i = 0; i < 1_000; i++) {
            byte[] picture = new byte[PIXELS];
            int label = GeneratedDigits.draw(SEED, Split.TRAIN, i, picture, 0);
            checksum.update(picture);
            checksum.update(label);
        }
        assertThat(checksum.getValue()).isEqualTo(3_511_094_211L);
    }

    @Test
    void theNearestMeanOfAClassTellsSomeDigitsButNotAll() {
        double[][] means = classMeans(2_000);
        int right = 0;
        int pictures = 1_000;
        for (int i = 0; i < pictures; i++) {
            byte[] picture = new byte[PIXELS];
            int label = GeneratedDigits.draw(SEED, Split.VALIDATION, i, picture, 0);
            right += nearest(means, picture) == label ? 1 : 0;
        }
        assertThat((double) right / pictures).isBetween(0.4, 0.9);
    }

    private static byte[] picture(long seed, Split split, long index) {
        byte[] pixels = new byte[PIXELS];
        GeneratedDigits.draw(seed, split, index, pixels, 0);
        return pixels;
    }

    private static double[][] classMeans(int pictures) {
        double[][] means = new double[GeneratedDigits.CLASSES][PIXELS];
        int[] counts = new int[GeneratedDigits.CLASSES];
        for (int i = 0; i < pictures; i++) {
            byte[] picture = new byte[PIXELS];
            int label = GeneratedDigits.draw(SEED, Split.TRAIN, i, picture, 0);
            counts[label]++;
            for (int pixel = 0; pixel < PIXELS; pixel++) {
                double difference = Byte.toUnsignedInt(picture[pixel]) - means[label][pixel];
                means[label][pixel] += difference / counts[label];
            }
        }
        return means;
    }

    private static int nearest(double[][] means, byte[] picture) {
        int nearest = -1;
        double smallest = Double.POSITIVE_INFINITY;
        for (int label = 0; label < means.length; label++) {
            double distance = 0;
            for (int pixel = 0; pixel < PIXELS; pixel++) {
                double difference = Byte.toUnsignedInt(picture[pixel]) - means[label][pixel];
                distance += difference * difference;
            }
            if (distance < smallest) {
                smallest = distance;
                nearest = label;
            }
        }
        return nearest;
    }
}
