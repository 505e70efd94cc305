package org.sparknorm.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Resizing: worked examples, Pillow's bytes, and the definition in double precision over odd sizes. */
@Tag("unit")
class ResamplerTest {
    private static final int[] ODD_SIZES = {1, 7, 13, 65};

    /**
     * Rounding rows to bytes is off by half, a mean of such rows by no more, rounding that by half again; weights are
     * off by 2⁻²³ each.
     */
    private static final double ROUNDING = 1.001;

    private final Resampler resampler = new Resampler();

    @Test
    void halvingTwoPixelsIsTheirMean() {
        assertThat(SmallPictures.values(whole(SmallPictures.of(2, 1, 10, 0, 255, 20, 1, 255), 1, 1)))
                .containsExactly(15, 1, 255);
    }

    @Test
    void doublingTwoPixelsGoesFromOneToTheOtherInQuarters() {
        assertThat(whole(SmallPictures.grey(2, 1, 0, 100), 4, 1).pixels())
                .isEqualTo(SmallPictures.grey(4, 1, 0, 25, 75, 100).pixels());
    }

    @Test
    void halvingWeighsWithATriangleOfTwoPixelsToEachSide() {
        // Distances 0.5, 0.5, 1.5 from 1 have weights 3, 3, 1, of 7: 70/7 = 10; about 3 they are 1, 3, 3: 6·70/7 = 60.
        assertThat(whole(SmallPictures.grey(1, 4, 0, 0, 70, 70), 1, 2).pixels())
                .isEqualTo(SmallPictures.grey(1, 2, 10, 60).pixels());
    }

    @Test
    void bytesAreThoseOfPillowWhenShrinking() {
        // Pillow 12.3, resize((4, 3), BILINEAR).
        assertThat(SmallPictures.values(whole(SmallPictures.formula(7, 5), 4, 3)))
                .containsExactly(
                        110, 132, 97, 118, 131, 159, 139, 144, 129, 126, 154, 149, 123, 163, 82, 137, 123, 110, 132, 85,
                        126, 159, 84, 132, 59, 179, 133, 122, 149, 127, 190, 88, 114, 185, 134, 99);
    }

    @Test
    void bytesAreThoseOfPillowWhenEnlarging() {
        // Pillow 12.3, resize((5, 4), BILINEAR).
        assertThat(SmallPictures.values(whole(SmallPictures.formula(3, 2), 5, 4)))
                .containsExactly(
                        0, 38, 90, 62, 117, 84, 156, 236, 74, 172, 123, 140, 182, 48, 184, 20, 89, 109, 68, 129, 89,
                        142, 190, 59, 176, 133, 143, 199, 96, 200, 59, 191, 146, 81, 153, 99, 114, 97, 29, 185, 154,
                        150, 232, 192, 231, 78, 242, 164, 87, 165, 104, 100, 50, 14, 189, 164, 153, 248, 240, 246);
    }

    @Test
    void bytesOfAPartAreThoseOfPillow() {
        // Pillow 12.3, crop((2, 1, 11, 8)).resize((4, 2), BILINEAR).
        Picture part = resampler.resize(
                SmallPictures.formula(13, 9), ResampledAxis.whole(2, 9, 4), ResampledAxis.whole(1, 7, 2));
        assertThat(SmallPictures.values(part))
                .containsExactly(
                        116, 130, 112, 130, 137, 105, 161, 109, 129, 112, 123, 82, 86, 108, 145, 138, 134, 130, 162,
                        125, 147, 133, 158, 116);
    }

    static List<int[]> oddSizes() {
        List<int[]> sizes = new ArrayList<>();
        for (int from : ODD_SIZES) {
            for (int to : ODD_SIZES) {
                sizes.add(new int[] {from, ODD_SIZES[ODD_SIZES.length - 1] + 1 - from, to, 1 + to / 2});
            }
        }
        return sizes;
    }

    @ParameterizedTest
    @MethodSource("oddSizes")
    void isTheDefinitionOnOddSizes(int[] sizes) {
        Picture picture = SmallPictures.noise(sizes[0], sizes[1]);
        Picture resized = whole(picture, sizes[2], sizes[3]);
        for (int y = 0; y < sizes[3]; y++) {
            for (int x = 0; x < sizes[2]; x++) {
                for (int channel = 0; channel < 3; channel++) {
                    assertThat((double) SmallPictures.value(resized, x, y, channel))
                            .as("%d, %d, %d", x, y, channel)
                            .isEqualTo(defined(picture, sizes[2], sizes[3], x, y, channel), within(ROUNDING));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 224, 224", "1, 500, 32, 32", "2000, 3, 32, 32", "2000, 3, 3, 2000", "500, 1, 1, 1"})
    void anEvenColourStaysWhateverTheShape(int width, int height, int newWidth, int newHeight) {
        for (int value : new int[] {0, 1, 254, 255}) {
            Picture picture = SmallPictures.grey(width, height, filled(width * height, value));
            assertThat(SmallPictures.values(whole(picture, newWidth, newHeight)))
                    .containsOnly(value)
                    .hasSize(3 * newWidth * newHeight);
        }
    }

    @Test
    void thePictureItselfComesBackAtItsOwnSize() {
        Picture picture = SmallPictures.noise(13, 7);
        assertThat(whole(picture, 13, 7).pixels()).isEqualTo(picture.pixels());
    }

    @Test
    void aPartIsResizedAsIfItHadBeenCutOutBefore() {
        Picture picture = SmallPictures.noise(31, 23);
        Rectangle part = new Rectangle(5, 3, 17, 19);
        Picture resized = resampler.resize(picture, ResampledAxis.whole(5, 17, 11), ResampledAxis.whole(3, 19, 29));
        assertThat(resized.pixels())
                .isEqualTo(whole(Pixels.cut(picture, part), 11, 29).pixels());
    }

    @ParameterizedTest
    @ValueSource(ints = {11, 31, 70})
    void aWindowIsAPartOfTheWholeResized(int size) {
        Picture picture = SmallPictures.noise(31, 23);
        Picture window =
                resampler.resize(picture, new ResampledAxis(0, 31, size, 2, 6), new ResampledAxis(0, 23, size, 5, 4));
        Picture all = whole(picture, size, size);
        assertThat(window.pixels())
                .isEqualTo(Pixels.cut(all, new Rectangle(2, 5, 6, 4)).pixels());
    }

    @Test
    void whatWasResizedBeforeDoesNotShow() {
        Picture picture = SmallPictures.noise(31, 23);
        Picture first = whole(picture, 9, 9);
        whole(SmallPictures.noise(100, 90), 65, 70);
        assertThat(whole(picture, 9, 9).pixels()).isEqualTo(first.pixels());
    }

    private Picture whole(Picture picture, int width, int height) {
        return resampler.resize(
                picture,
                ResampledAxis.whole(0, picture.width(), width),
                ResampledAxis.whole(0, picture.height(), height));
    }

    private static int[] filled(int count, int value) {
        int[] values = new int[count];
        Arrays.fill(values, value);
        return values;
    }

    /** The mean over all pixels, weighted by the triangles of both axes. */
    private static double defined(Picture picture, int width, int height, int x, int y, int channel) {
        double sum = 0;
        double weights = 0;
        for (int v = 0; v < picture.height(); v++) {
            for (int u = 0; u < picture.width(); u++) {
                double weight = triangle(u, picture.width(), x, width) * triangle(v, picture.height(), y, height);
                sum += weight * SmallPictures.value(picture, u, v, channel);
                weights += weight;
            }
        }
        return sum / weights;
    }

    private static double triangle(int source, int length, int target, int size) {
        double scale = (double) length / size;
        double distance = Math.abs(source + 0.5 - (target + 0.5) * scale);
        return Math.max(0, 1 - distance / Math.max(scale, 1));
    }
}
