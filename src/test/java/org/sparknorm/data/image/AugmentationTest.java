package org.sparknorm.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.config.AugmentConfig;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.ConfigSource;
import org.sparknorm.tensor.RandomSource;

/** Augmented pictures: functions of (seed, epoch, example) alone, and each part of them. */
@Tag("unit")
class AugmentationTest {
    private static final int SIZE = 32;
    private static final String[] EVERYTHING = {"crop=resized", "flip=true", "distortion=1"};

    @Test
    void theSameSeedEpochAndExampleGiveTheSameBytes() {
        Picture picture = SmallPictures.noise(50, 37);
        assertThat(apply(picture, 1, 2, 3, EVERYTHING)).isEqualTo(apply(picture, 1, 2, 3, EVERYTHING));
    }

    @ParameterizedTest
    @CsvSource({"2, 2, 3", "1, 3, 3", "1, 2, 4", "1, 3, 2"})
    void anotherSeedEpochOrExampleGivesOtherBytes(long seed, long epoch, long example) {
        Picture picture = SmallPictures.noise(50, 37);
        assertThat(apply(picture, seed, epoch, example, EVERYTHING)).isNotEqualTo(apply(picture, 1, 2, 3, EVERYTHING));
    }

    @Test
    void whatWasAskedForBeforeDoesNotShow() {
        Augmentation augmentation = augmentation(EVERYTHING);
        for (int example = 20; example >= 0; example--) {
            Picture picture = SmallPictures.noise(20 + example, 60 - example);
            assertThat(augmentation
                            .apply(picture, Augmentation.random(1, 0, example))
                            .pixels())
                    .isEqualTo(apply(picture, 1, 0, example, EVERYTHING));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"crop=resized", "crop=padded", "flip=true", "distortion=1"})
    void thePictureGivenStaysAsItIs(String setting) {
        Picture picture = SmallPictures.noise(SIZE, SIZE);
        byte[] before = picture.pixels().clone();
        for (int example = 0; example < 10; example++) {
            apply(picture, 1, 0, example, setting);
        }
        assertThat(picture.pixels()).isEqualTo(before);
    }

    @Test
    void nothingIsDoneByDefault() {
        Picture picture = SmallPictures.noise(SIZE, SIZE);
        assertThat(augmentation().apply(picture, Augmentation.random(1, 0, 0))).isSameAs(picture);
    }

    @Test
    void picturesOfOtherSizesAreBroughtToTheSize() {
        Picture picture = SmallPictures.noise(50, 37);
        assertThat(apply(picture, 1, 0, 0))
                .isEqualTo(EvaluationCrops.single(picture, SIZE).pixels());
    }

    @Test
    void resizedCropsAreRandomPartsResized() {
        Picture picture = SmallPictures.noise(50, 37);
        for (int example = 0; example < 10; example++) {
            RandomSource random = Augmentation.random(1, 0, example);
            AugmentConfig config = config("crop=resized");
            Rectangle part = new RandomCrop(config.cropArea(), config.cropAspect()).of(50, 37, random.at(0));
            Picture expected = new Resampler()
                    .resize(
                            picture,
                            ResampledAxis.whole(part.left(), part.width(), SIZE),
                            ResampledAxis.whole(part.top(), part.height(), SIZE));
            assertThat(apply(picture, 1, 0, example, "crop=resized")).isEqualTo(expected.pixels());
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 500", "2000, 3", "32, 32"})
    void everyShapeComesOutInTheSize(int width, int height) {
        Picture picture = SmallPictures.noise(width, height);
        for (String crop : List.of("crop=none", "crop=resized", "crop=padded")) {
            Picture augmented =
                    augmentation(crop, "flip=true", "distortion=1").apply(picture, Augmentation.random(1, 0, 0));
            assertThat(augmented.width()).isEqualTo(SIZE);
            assertThat(augmented.height()).isEqualTo(SIZE);
        }
    }

    @Test
    void paddedCropsTakeAllPlacesAndHaveZerosBeyondThePicture() {
        Picture white = SmallPictures.grey(2, 2, 255, 255, 255, 255);
        Augmentation augmentation = new Augmentation(config("crop=padded", "padding=1"), 2);
        Set<List<Integer>> seen = new HashSet<>();
        for (int example = 0; example < 1000; example++) {
            Picture part = augmentation.apply(white, Augmentation.random(1, 0, example));
            seen.add(reds(part));
        }
        assertThat(seen)
                .containsExactlyInAnyOrder(
                        List.of(0, 0, 0, 255),
                        List.of(0, 0, 255, 255),
                        List.of(0, 0, 255, 0),
                        List.of(0, 255, 0, 255),
                        List.of(255, 255, 255, 255),
                        List.of(255, 0, 255, 0),
                        List.of(0, 255, 0, 0),
                        List.of(255, 255, 0, 0),
                        List.of(255, 0, 0, 0));
    }

    @Test
    void paddingOfZeroLeavesThePicture() {
        Picture picture = SmallPictures.noise(SIZE, SIZE);
        assertThat(apply(picture, 1, 0, 0, "crop=padded", "padding=0")).isEqualTo(picture.pixels());
    }

    @Test
    void padsLargerThanThePictureAreAllowed() {
        Picture white = SmallPictures.grey(1, 1, 255);
        Picture part = new Augmentation(config("crop=padded", "padding=2147483647"), 1)
                .apply(white, Augmentation.random(1, 0, 0));
        assertThat(SmallPictures.values(part)).containsExactly(0, 0, 0);
    }

    @Test
    void aboutHalfAreMirrored() {
        Picture picture = SmallPictures.noise(4, 4);
        byte[] mirrored = Pixels.mirrored(picture).pixels();
        int count = 10_000;
        int flips = 0;
        Augmentation augmentation = new Augmentation(config("flip=true"), 4);
        for (int example = 0; example < count; example++) {
            byte[] pixels = augmentation
                    .apply(picture, Augmentation.random(1, 0, example))
                    .pixels();
            boolean isMirrored = Arrays.equals(pixels, mirrored);
            assertThat(isMirrored || Arrays.equals(pixels, picture.pixels())).isTrue();
            flips += isMirrored ? 1 : 0;
        }
        // Five deviations of √(n/4).
        assertThat((double) flips / count).isEqualTo(0.5, within(0.025));
    }

    @Test
    void distortionActsOnWhatWasCropped() {
        Picture picture = SmallPictures.noise(SIZE, SIZE);
        Picture cropped = augmentation("crop=resized", "flip=true").apply(picture, Augmentation.random(1, 0, 5));
        DistortionDraw draw =
                DistortionDraw.of(0.4, Augmentation.random(1, 0, 5).at(2));
        assertThat(apply(picture, 1, 0, 5, "crop=resized", "flip=true", "distortion=0.4"))
                .isEqualTo(new Distortion().apply(cropped, draw).pixels());
    }

    @Test
    void oneSettingLeavesTheRandomNumbersOfTheOthers() {
        Picture picture = SmallPictures.noise(50, 37);
        byte[] cropped = apply(picture, 1, 0, 7, "crop=resized");
        byte[] flippedToo = apply(picture, 1, 0, 7, "crop=resized", "flip=true");
        byte[] mirrored = Pixels.mirrored(new Picture(SIZE, SIZE, cropped)).pixels();
        assertThat(flippedToo).isIn(cropped, mirrored);
    }

    @Test
    void theBytesAreThoseOfEveryOtherMachine() {
        byte[] pixels = new Augmentation(config(EVERYTHING), 2)
                .apply(SmallPictures.formula(7, 5), Augmentation.random(1, 2, 3))
                .pixels();
        // From the same formulas in another language, resized by Pillow, colours by torchvision; the nearest to a half
        // is 0.03 off.
        assertThat(SmallPictures.values(new Picture(2, 2, pixels)))
                .containsExactly(121, 104, 121, 95, 91, 110, 131, 103, 117, 126, 100, 118);
    }

    private static List<Integer> reds(Picture picture) {
        return List.of(
                SmallPictures.value(picture, 0, 0, 0),
                SmallPictures.value(picture, 1, 0, 0),
                SmallPictures.value(picture, 0, 1, 0),
                SmallPictures.value(picture, 1, 1, 0));
    }

    private static byte[] apply(Picture picture, long seed, long epoch, long example, String... settings) {
        return augmentation(settings)
                .apply(picture, Augmentation.random(seed, epoch, example))
                .pixels();
    }

    private static Augmentation augmentation(String... settings) {
        return new Augmentation(config(settings), SIZE);
    }

    private static AugmentConfig config(String... settings) {
        ConfigSource source = ConfigFiles.ofText("steps = 1");
        for (String setting : settings) {
            source = source.with(List.of("data.augment." + setting));
        }
        return source.toRunConfig().data().augment();
    }
}
