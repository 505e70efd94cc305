package org.sparknorm.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The single centre crop and the 144 crops: where they lie, and their pixels by resizing the whole and cutting. */
@Tag("unit")
class EvaluationCropsTest {
    private static final Picture LANDSCAPE = SmallPictures.noise(50, 37);
    private static final Picture PORTRAIT = SmallPictures.noise(37, 50);

    /** A crop in pixels of the resized picture, and the width of that picture. */
    private record Place(long resizedWidth, long left, long top, int edge, boolean isMirrored) {}

    @Test
    void singleIsTheCentreOfThePictureWithItsShortSideAt256() {
        Picture picture = SmallPictures.noise(500, 375);
        // 500 · 256 / 375 = 341.3; middles are (341 − 224) / 2 = 58.5 and (256 − 224) / 2 = 16.
        Picture expected = Pixels.cut(resized(picture, 341, 256), new Rectangle(58, 16, 224, 224));
        assertThat(EvaluationCrops.single(picture, 224).pixels()).isEqualTo(expected.pixels());
    }

    @Test
    void singleResizesPicturesThatAlreadyHaveTheSize() {
        Picture picture = SmallPictures.noise(32, 32);
        Picture expected = Pixels.cut(resized(picture, 37, 37), new Rectangle(2, 2, 32, 32));
        assertThat(EvaluationCrops.single(picture, 32).pixels()).isEqualTo(expected.pixels());
    }

    @Test
    void fitLeavesPicturesThatAlreadyHaveTheSize() {
        Picture picture = SmallPictures.noise(32, 32);
        assertThat(EvaluationCrops.fit(picture, 32)).isSameAs(picture);
    }

    @Test
    void fitMakesTheSingleCropOfOthers() {
        Picture picture = SmallPictures.noise(32, 31);
        assertThat(EvaluationCrops.fit(picture, 32).pixels())
                .isEqualTo(EvaluationCrops.single(picture, 32).pixels());
    }

    @Test
    void thereAre144DifferentCropsOfALandscapeAndOfAPortrait() {
        for (Picture picture : List.of(LANDSCAPE, PORTRAIT)) {
            List<Place> places = places(picture, 224);
            assertThat(places).hasSize(144);
            assertThat(new HashSet<>(places)).hasSize(144);
        }
    }

    @Test
    void aQuarterIsOfEachScale() {
        for (int shortSide : new int[] {256, 288, 320, 352}) {
            assertThat(places(PORTRAIT, 224).stream().filter(place -> place.resizedWidth() == shortSide))
                    .hasSize(36);
        }
    }

    @Test
    void halfAreMirroredAndASixthShowsAWholeSquare() {
        List<Place> places = places(LANDSCAPE, 224);
        assertThat(places.stream().filter(Place::isMirrored)).hasSize(72);
        assertThat(places.stream().filter(place -> place.edge() != 224)).hasSize(24);
    }

    @Test
    void squaresOfALandscapeAreLeftCentreAndRight() {
        // 50 · 256 / 37 = 345.9, rounded down; (345 − 256) / 2 = 44.5, of two middles the even one.
        assertThat(plainPlaces(LANDSCAPE, 345))
                .containsExactly(
                        new Place(345, 0, 0, 224, false),
                        new Place(345, 32, 0, 224, false),
                        new Place(345, 0, 32, 224, false),
                        new Place(345, 32, 32, 224, false),
                        new Place(345, 16, 16, 224, false),
                        new Place(345, 0, 0, 256, false),
                        new Place(345, 44, 0, 224, false),
                        new Place(345, 76, 0, 224, false),
                        new Place(345, 44, 32, 224, false),
                        new Place(345, 76, 32, 224, false),
                        new Place(345, 60, 16, 224, false),
                        new Place(345, 44, 0, 256, false),
                        new Place(345, 89, 0, 224, false),
                        new Place(345, 121, 0, 224, false),
                        new Place(345, 89, 32, 224, false),
                        new Place(345, 121, 32, 224, false),
                        new Place(345, 105, 16, 224, false),
                        new Place(345, 89, 0, 256, false));
    }

    @Test
    void squaresOfAPortraitAreTopCentreAndBottom() {
        // 50 · 352 / 37 = 475.7; (475 − 352) / 2 = 61.5.
        assertThat(plainPlaces(PORTRAIT, 352))
                .containsExactly(
                        new Place(352, 0, 0, 224, false),
                        new Place(352, 128, 0, 224, false),
                        new Place(352, 0, 128, 224, false),
                        new Place(352, 128, 128, 224, false),
                        new Place(352, 64, 64, 224, false),
                        new Place(352, 0, 0, 352, false),
                        new Place(352, 0, 62, 224, false),
                        new Place(352, 128, 62, 224, false),
                        new Place(352, 0, 190, 224, false),
                        new Place(352, 128, 190, 224, false),
                        new Place(352, 64, 126, 224, false),
                        new Place(352, 0, 62, 352, false),
                        new Place(352, 0, 123, 224, false),
                        new Place(352, 128, 123, 224, false),
                        new Place(352, 0, 251, 224, false),
                        new Place(352, 128, 251, 224, false),
                        new Place(352, 64, 187, 224, false),
                        new Place(352, 0, 123, 352, false));
    }

    @Test
    void scalesAreInProportionToTheSize() {
        Set<Long> widths = new HashSet<>();
        places(PORTRAIT, 32).forEach(place -> widths.add(place.resizedWidth()));
        assertThat(widths).containsExactlyInAnyOrder(37L, 41L, 46L, 50L);
    }

    @Test
    void cropsAreThosePixelsOfTheResizedPicture() {
        int size = 14;
        for (Picture picture : List.of(LANDSCAPE, PORTRAIT)) {
            EvaluationCrops crops = new EvaluationCrops(picture, size);
            for (int number = 0; number < crops.count(); number++) {
                assertThat(crops.crop(number).pixels())
                        .as("crop %d", number)
                        .isEqualTo(slowly(picture, size, crops, number).pixels());
            }
        }
    }

    @Test
    void theOrderOfAskingDoesNotShow() {
        EvaluationCrops rising = new EvaluationCrops(LANDSCAPE, 14);
        List<Picture> expected = new ArrayList<>();
        for (int number = 0; number < 144; number++) {
            expected.add(rising.crop(number));
        }
        EvaluationCrops jumping = new EvaluationCrops(LANDSCAPE, 14);
        for (int i = 0; i < 144; i++) {
            int number = i * 85 % 144;
            assertThat(jumping.crop(number).pixels())
                    .isEqualTo(expected.get(number).pixels());
        }
    }

    @Test
    void squaresOfASquarePictureCoincide() {
        EvaluationCrops crops = new EvaluationCrops(SmallPictures.noise(20, 20), 14);
        assertThat(crops.crop(12).pixels()).isEqualTo(crops.crop(0).pixels());
        assertThat(crops.crop(24).pixels()).isEqualTo(crops.crop(0).pixels());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 500", "2000, 3", "3, 2000"})
    void extremeShapesHaveAllCrops(int width, int height) {
        Picture picture = SmallPictures.noise(width, height);
        EvaluationCrops crops = new EvaluationCrops(picture, 8);
        for (int number = 0; number < crops.count(); number++) {
            assertThat(crops.crop(number).width()).isEqualTo(8);
            assertThat(crops.crop(number).height()).isEqualTo(8);
        }
        assertThat(EvaluationCrops.single(picture, 8).pixels()).hasSize(3 * 8 * 8);
    }

    @Test
    void aPictureThatWouldNotFitIntoMemoryWhenResizedHasItsCrops() {
        // Its short side at 352, the picture would have 2·10¹⁰ pixels.
        Picture line = new Picture(200_000, 1, new byte[600_000]);
        assertThat(new EvaluationCrops(line, 224).crop(143).width()).isEqualTo(224);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void tinySizesHaveAllCrops(int size) {
        EvaluationCrops crops = new EvaluationCrops(LANDSCAPE, size);
        for (int number = 0; number < crops.count(); number++) {
            assertThat(crops.crop(number).pixels()).hasSize(3 * size * size);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 144})
    void aNumberThatIsNoCropIsRefused(int number) {
        EvaluationCrops crops = new EvaluationCrops(LANDSCAPE, 14);
        assertThatThrownBy(() -> crops.crop(number)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static List<Place> places(Picture picture, int size) {
        EvaluationCrops crops = new EvaluationCrops(picture, size);
        List<Place> places = new ArrayList<>();
        for (int number = 0; number < crops.count(); number++) {
            ResampledAxis horizontal = crops.squareAxis(picture.width(), number);
            ResampledAxis vertical = crops.squareAxis(picture.height(), number);
            Rectangle part = crops.part(number);
            places.add(new Place(
                    horizontal.size(),
                    horizontal.windowFrom() + part.left(),
                    vertical.windowFrom() + part.top(),
                    part.width(),
                    EvaluationCrops.isMirrored(number)));
        }
        return places;
    }

    private static List<Place> plainPlaces(Picture picture, int resizedWidth) {
        return places(picture, 224).stream()
                .filter(place -> place.resizedWidth() == resizedWidth && !place.isMirrored())
                .toList();
    }

    private static Picture slowly(Picture picture, int size, EvaluationCrops crops, int number) {
        ResampledAxis horizontal = crops.squareAxis(picture.width(), number);
        ResampledAxis vertical = crops.squareAxis(picture.height(), number);
        Picture whole = resized(picture, (int) horizontal.size(), (int) vertical.size());
        Rectangle part = crops.part(number);
        int left = (int) horizontal.windowFrom() + part.left();
        int top = (int) vertical.windowFrom() + part.top();
        Picture cut = Pixels.cut(whole, new Rectangle(left, top, part.width(), part.height()));
        Picture crop = resized(cut, size, size);
        return EvaluationCrops.isMirrored(number) ? Pixels.mirrored(crop) : crop;
    }

    private static Picture resized(Picture picture, int width, int height) {
        return new Resampler()
                .resize(
                        picture,
                        ResampledAxis.whole(0, picture.width(), width),
                        ResampledAxis.whole(0, picture.height(), height));
    }
}
