package org.sparknorm.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The orientation that cameras note, on a picture of four colours: red and green above blue and white. */
@Tag("unit")
class ImageDecoderExifTest {
    private static final String COLORS = "RGBW";
    private static final int[] VALUES = {Pictures.RED, Pictures.GREEN, Pictures.BLUE, Pictures.WHITE};
    /** Where the orientation stands in the segment of {@link JpegFiles#exif}. */
    private static final int ENTRY = 28;

    @ParameterizedTest
    @CsvSource({"1, RGBW", "2, GRWB", "3, WBGR", "4, BWRG", "5, RBGW", "6, BRWG", "7, WGBR", "8, GWRB"})
    void everyOrientationIsTurnedUpright(int orientation, String corners) throws BadImageException {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            Picture picture = Pictures.decode(file(JpegFiles.exif(orientation, order)));
            assertThat(picture.width()).isEqualTo(orientation > 4 ? 32 : 64);
            assertThat(picture.height()).isEqualTo(orientation > 4 ? 64 : 32);
            assertThat(Pictures.corners(picture)).isEqualTo(colors(corners));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 3, 2, 123456",
        "2, 3, 2, 321654",
        "3, 3, 2, 654321",
        "4, 3, 2, 456123",
        "5, 2, 3, 142536",
        "6, 2, 3, 415263",
        "7, 2, 3, 635241",
        "8, 2, 3, 362514"
    })
    void everyPixelHasItsPlace(int orientation, int width, int height, String expected) {
        Picture stored = new Picture(3, 2, HexFormat.of().parseHex("010101020202030303040404050505060606"));
        Picture upright = new Orientation(orientation).upright(stored);
        StringBuilder pixels = new StringBuilder();
        for (int color : Pictures.colors(upright)) {
            pixels.append(color & 0xff);
        }
        assertThat(upright.width()).isEqualTo(width);
        assertThat(upright.height()).isEqualTo(height);
        assertThat(pixels).hasToString(expected);
    }

    @Test
    void theSizeIsThatOfTheUprightPicture() throws BadImageException {
        byte[] file = file(JpegFiles.exif(6, ByteOrder.BIG_ENDIAN));
        assertThat(Pictures.size(file)).isEqualTo(new Picture.Size(32, 64));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, 65535})
    void numbersThatAreNoOrientationMeanUpright(int number) throws BadImageException {
        assertUpright(JpegFiles.exif(number, ByteOrder.BIG_ENDIAN));
    }

    @Test
    void segmentsCutAnywhereMeanUpright() throws BadImageException {
        byte[] exif = JpegFiles.exif(6, ByteOrder.LITTLE_ENDIAN);
        for (int length = 0; length < ENTRY + 12; length++) {
            assertUpright(Arrays.copyOf(exif, length));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {39, 40, Integer.MAX_VALUE, -1})
    void directoriesBehindTheEndMeanUpright(int offset) throws BadImageException {
        byte[] exif = JpegFiles.exif(6, ByteOrder.BIG_ENDIAN);
        ByteBuffer.wrap(exif).putInt(10, offset);
        assertUpright(exif);
    }

    private static void assertUpright(byte[] exif) throws BadImageException {
        assertThat(Pictures.corners(Pictures.decode(file(exif)))).isEqualTo(VALUES);
    }

    private static byte[] file(byte[] exif) {
        return JpegFiles.with(PictureWriter.jpeg(Pictures.quarters(64, 32), 0.9f), JpegFiles.EXIF, exif);
    }

    private static int[] colors(String names) {
        int[] colors = new int[names.length()];
        for (int i = 0; i < colors.length; i++) {
            colors[i] = VALUES[COLORS.indexOf(names.charAt(i))];
        }
        return colors;
    }
}
