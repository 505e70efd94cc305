package org.sparknorm.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What JPEGs of every kind look like. */
@Tag("unit")
class ImageDecoderJpegTest {
    /** Rounding of the transform and of the colours, at the finest quantization. */
    private static final int ROUNDING = 3;
    /** As well as colours of neighbours averaged. */
    private static final int HALVED_COLORS = 8;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void baselineAndProgressiveOnesKeepTheirColours(boolean isProgressive) throws BadImageException {
        Picture picture = Pictures.slope(40, 30);
        byte[] file = JpegFiles.ofPicture(picture, isProgressive);
        Pictures.assertClose(Pictures.decode(file), picture, HALVED_COLORS);
    }

    @Test
    void grayBecomesThreeEqualChannels() throws BadImageException {
        assertColor(JpegFiles.plain(16, 16, 77), 77, 77, 77);
    }

    @Test
    void threeComponentsWithoutAWordAboutThemAreYcbcr() throws BadImageException {
        // The JDK's reader takes them for RGB where none has a lower resolution.
        assertColor(JpegFiles.plain(16, 16, ycbcr(200, 100, 50)), 200, 100, 50);
    }

    @Test
    void adobesTransformOfNoneMeansRgb() throws BadImageException {
        byte[] file = JpegFiles.with(JpegFiles.plain(16, 16, 200, 100, 50), JpegFiles.ADOBE, JpegFiles.adobe(0));
        assertColor(file, 200, 100, 50);
    }

    @Test
    void jfifMeansYcbcrWhateverAdobeSays() throws BadImageException {
        byte[] file = JpegFiles.plain(16, 16, ycbcr(200, 100, 50));
        file = JpegFiles.with(file, JpegFiles.ADOBE, JpegFiles.adobe(0));
        assertColor(JpegFiles.with(file, JpegFiles.JFIF, JpegFiles.jfif()), 200, 100, 50);
    }

    @Test
    void componentsNamedRgbAreRgb() throws BadImageException {
        byte[] file = JpegFiles.plain(16, 16, 200, 100, 50);
        int frame = JpegFiles.segment(file, 0xc0);
        int scan = JpegFiles.segment(file, 0xda);
        for (int i = 0; i < 3; i++) {
            file[frame + 6 + 3 * i] = (byte) "RGB".charAt(i);
            file[scan + 1 + 2 * i] = (byte) "RGB".charAt(i);
        }
        assertColor(file, 200, 100, 50);
    }

    @Test
    void cmykIsInvertedInksTimesBlack() throws BadImageException {
        byte[] file = JpegFiles.plain(16, 16, 200, 100, 50, 128);
        assertColor(JpegFiles.with(file, JpegFiles.ADOBE, JpegFiles.adobe(0)), 100, 50, 25);
    }

    @Test
    void cmykWithoutAdobesWordIsTheSame() throws BadImageException {
        assertColor(JpegFiles.plain(16, 16, 200, 100, 50, 128), 100, 50, 25);
    }

    @Test
    void ycckIsYcbcrOfInksBesideBlack() throws BadImageException {
        int[] inks = Arrays.copyOf(ycbcr(255 - 200, 255 - 100, 255 - 50), 4);
        inks[3] = 128;
        byte[] file = JpegFiles.plain(16, 16, inks);
        assertColor(JpegFiles.with(file, JpegFiles.ADOBE, JpegFiles.adobe(2)), 100, 50, 25);
    }

    @Test
    void losslessOnesAreExact() throws BadImageException {
        byte[] samples = new byte[35];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (byte) (i * i * 7);
        }
        Picture picture = Pictures.decode(JpegFiles.lossless(7, 5, samples));
        assertThat(picture.width()).isEqualTo(7);
        for (int i = 0; i < samples.length; i++) {
            assertThat(Arrays.copyOfRange(picture.pixels(), 3 * i, 3 * i + 3))
                    .containsOnly(samples[i])
                    .hasSize(3);
        }
    }

    @Test
    void profilesAreNotApplied() throws BadImageException {
        byte[] file = PictureWriter.jpeg(Pictures.slope(16, 16), 0.9f);
        byte[] linear = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        byte[] with = JpegFiles.with(file, JpegFiles.PROFILE, profile(linear));
        assertThat(Pictures.decode(with).pixels())
                .isEqualTo(Pictures.decode(file).pixels());
    }

    @Test
    void damagedProfilesDoNotMatter() throws BadImageException {
        byte[] file = PictureWriter.jpeg(Pictures.slope(16, 16), 0.9f);
        byte[] with = JpegFiles.with(file, JpegFiles.PROFILE, profile(new byte[] {1, 2, 3}));
        assertThat(Pictures.decode(with).pixels())
                .isEqualTo(Pictures.decode(file).pixels());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 5000", "5000, 1"})
    void extremeShapesKeepTheirColours(int width, int height) throws BadImageException {
        Picture picture = Pictures.filled(width, height, 0xc86432);
        Pictures.assertClose(Pictures.decode(PictureWriter.jpeg(picture, 1)), picture, ROUNDING);
    }

    @Test
    void whatStandsBetweenSegmentsAndBehindTheEndDoesNotMatter() throws BadImageException {
        byte[] file = PictureWriter.jpeg(Pictures.slope(16, 16), 0.9f);
        int tables = JpegFiles.segment(file, 0xdb) - 4;
        ByteBuffer longer = ByteBuffer.allocate(file.length + 7);
        longer.put(file, 0, tables).put(new byte[] {0, 1, (byte) 0xff, 0}).put(file, tables, file.length - tables);
        assertThat(Pictures.decode(longer.array()).pixels())
                .isEqualTo(Pictures.decode(file).pixels());
    }

    @Test
    void extendedSequentialOnesAreReadLikeBaseline() throws BadImageException {
        byte[] file = JpegFiles.plain(16, 16, 77);
        file[JpegFiles.segment(file, 0xc0) - 3] = (byte) 0xc1;
        assertColor(file, 77, 77, 77);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 9, 10})
    void hierarchicalAndArithmeticOnesAreRefusedByTheirProcess(int process) {
        byte[] file = JpegFiles.plain(16, 16, 77);
        file[JpegFiles.segment(file, 0xc0) - 3] = (byte) (0xc0 + process);
        assertThatThrownBy(() -> Pictures.decode(file))
                .isInstanceOf(BadImageException.class)
                .hasMessage("JPEG of process %d with 8 bits cannot be read", process);
    }

    @Test
    void twelveBitsAreRefused() {
        byte[] file = JpegFiles.plain(16, 16, 77);
        file[JpegFiles.segment(file, 0xc0)] = 12;
        assertThatThrownBy(() -> Pictures.decode(file))
                .isInstanceOf(BadImageException.class)
                .hasMessage("JPEG of process 0 with 12 bits cannot be read");
    }

    @Test
    void twoComponentsAreRefused() {
        assertThatThrownBy(() -> Pictures.decode(JpegFiles.plain(16, 16, 77, 255)))
                .isInstanceOf(BadImageException.class)
                .hasMessage("JPEG of 2 components cannot be read");
    }

    @Test
    void aSecondSizeIsRefused() {
        byte[] file = JpegFiles.plain(16, 16, 77);
        int frame = JpegFiles.segment(file, 0xc0);
        byte[] second = JpegFiles.with(file, 0xc0, Arrays.copyOfRange(file, frame, frame + 9));
        assertThatThrownBy(() -> Pictures.decode(second))
                .isInstanceOf(BadImageException.class)
                .hasMessage("JPEG has two sizes");
    }

    @Test
    void aHeightToBeToldLaterIsRefused() {
        byte[] file = JpegFiles.plain(16, 16, 77);
        file[JpegFiles.segment(file, 0xc0) + 2] = 0;
        assertThatThrownBy(() -> Pictures.decode(file))
                .isInstanceOf(BadImageException.class)
                .hasMessage("JPEG has 16 x 0 pixels");
    }

    @Test
    void scansWithoutEndAreRefused() {
        byte[] file = JpegFiles.plain(16, 16, 77);
        int scan = JpegFiles.segment(file, 0xda) - 4;
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        many.write(file, 0, scan);
        for (int i = 0; i < 501; i++) {
            many.write(file, scan, file.length - 2 - scan);
        }
        many.write(file, file.length - 2, 2);
        assertThatThrownBy(() -> Pictures.decode(many.toByteArray()))
                .isInstanceOf(BadImageException.class)
                .hasMessage("JPEG has more than 500 scans");
    }

    private static void assertColor(byte[] file, int red, int green, int blue) throws BadImageException {
        Pictures.assertClose(
                Pictures.decode(file), Pictures.filled(16, 16, (red << 16) | (green << 8) | blue), ROUNDING);
    }

    /** The equations of JFIF. */
    private static int[] ycbcr(int red, int green, int blue) {
        return new int[] {
            (int) Math.round(0.299 * red + 0.587 * green + 0.114 * blue),
            (int) Math.round(128 - 0.168736 * red - 0.331264 * green + 0.5 * blue),
            (int) Math.round(128 + 0.5 * red - 0.418688 * green - 0.081312 * blue)
        };
    }

    private static byte[] profile(byte[] data) {
        return ByteBuffer.allocate(14 + data.length)
                .put("ICC_PROFILE\0\1\1".getBytes(StandardCharsets.US_ASCII))
                .put(data)
                .array();
    }
}
