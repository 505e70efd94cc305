package org.sparknorm.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** BMPs, to the bit. */
@Tag("unit")
class ImageDecoderBmpTest {
    private static final int[] NONE = {};
    /** Red, green. */
    private static final int[] PALETTE = {0, 0, 255, 0, 0, 255, 0, 0};

    @ParameterizedTest
    @CsvSource({"1, 1", "13, 11", "1, 5000", "5000, 1"})
    void noiseOf24BitsComesBackAsItWas(int width, int height) throws BadImageException, IOException {
        Picture picture = Pictures.noise(width, height);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        image.setRGB(0, 0, width, height, Pictures.colors(picture), 0, width);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, "bmp", bytes)).isTrue();
        Picture decoded = Pictures.decode(bytes.toByteArray());
        assertThat(decoded.width()).isEqualTo(width);
        assertThat(decoded.pixels()).isEqualTo(picture.pixels());
    }

    @ParameterizedTest
    @CsvSource({"1, 0x40", "4, 0x01", "8, 0x0100"})
    void palettesAreLookedUpAtEveryDepth(int bits, String row) throws BadImageException {
        int indices = Integer.decode(row);
        byte[] file = BmpFiles.file(2, 1, bits, 0, PALETTE, indices & 0xff, indices >> 8, 0, 0);
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(Pictures.RED, Pictures.GREEN);
    }

    @Test
    void anIndexBehindItsPaletteIsBlack() throws BadImageException {
        byte[] file = BmpFiles.file(2, 1, 8, 0, PALETTE, 1, 200, 0, 0);
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(Pictures.GREEN, Pictures.BLACK);
    }

    @Test
    void rowsRunUpwardsOrWithANegativeHeightDownwards() throws BadImageException {
        byte[] up = BmpFiles.file(1, 2, 8, 0, PALETTE, 0, 0, 0, 0, 1, 0, 0, 0);
        assertThat(Pictures.colors(Pictures.decode(up))).containsExactly(Pictures.GREEN, Pictures.RED);
        byte[] down = BmpFiles.file(1, -2, 8, 0, PALETTE, 0, 0, 0, 0, 1, 0, 0, 0);
        assertThat(Pictures.colors(Pictures.decode(down))).containsExactly(Pictures.RED, Pictures.GREEN);
    }

    @Test
    void packedRowsAreUnpacked() throws BadImageException {
        // Three of index 1; above them one of index 0 and two of index 1; the end.
        byte[] file = BmpFiles.file(3, 2, 8, BmpFiles.RLE8, PALETTE, 3, 1, 0, 0, 1, 0, 2, 1, 0, 1);
        assertThat(Pictures.colors(Pictures.decode(file)))
                .containsExactly(
                        Pictures.RED, Pictures.GREEN, Pictures.GREEN, Pictures.GREEN, Pictures.GREEN, Pictures.GREEN);
    }

    @Test
    void fiveBitsAreStretchedAndRoundedDown() throws BadImageException {
        // 31, 16 and 1 of 31.
        int pixel = (31 << 10) | (16 << 5) | 1;
        byte[] file = BmpFiles.file(1, 1, 16, 0, NONE, pixel & 0xff, pixel >> 8, 0, 0);
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(0xff8308);
    }

    @Test
    void maskedBitsAreTakenFromTheirPlaces() throws BadImageException {
        // The masks of red, green and blue: bytes 0, 1 and 2.
        byte[] file = BmpFiles.file(
                1, 1, 32, BmpFiles.BIT_FIELDS, new int[] {255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0}, 1, 2, 3, 9);
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(0x010203);
    }

    @Test
    void theLengthInTheHeaderDoesNotMatter() throws BadImageException {
        byte[] file = BmpFiles.file(1, 1, 24, 0, NONE, 3, 2, 1, 0);
        ByteBuffer.wrap(file).putInt(2, 0);
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(0x010203);
    }

    @Test
    void rowsThatAreMissingAreRefused() {
        byte[] file = BmpFiles.file(1, 3, 24, 0, NONE, 3, 2, 1, 0);
        assertRefused(file, "BMP ends too early");
    }

    @Test
    void packedRowsThatBreakOffAreRefused() {
        byte[] file = BmpFiles.file(3, 2, 8, BmpFiles.RLE8, PALETTE, 3, 1, 0, 0, 1, 0, 0, 1);
        assertRefused(Arrays.copyOf(file, file.length - 1), "BMP ends too early");
    }

    @Test
    void imagesWithinImagesAreRefused() {
        assertRefused(BmpFiles.file(1, 1, 24, 5, NONE, 3, 2, 1, 0), "BMP of compression 5 cannot be read");
    }

    @Test
    void oddDepthsAreRefused() {
        assertRefused(BmpFiles.file(1, 1, 2, 0, NONE, 3, 2, 1, 0), "BMP of 2 bits per pixel cannot be read");
    }

    @Test
    void theSmallestNumberIsNoHeight() {
        byte[] file = BmpFiles.file(1, 1, 24, 0, NONE, 3, 2, 1, 0);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(22, Integer.MIN_VALUE);
        assertRefused(file, "BMP has 1 x -2147483648 pixels");
    }

    private static void assertRefused(byte[] file, String message) {
        assertThatThrownBy(() -> Pictures.decode(file))
                .isInstanceOf(BadImageException.class)
                .hasMessage(message);
    }
}
