package org.sparknorm.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PNGs of every kind, to the bit. */
@Tag("unit")
class ImageDecoderPngTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noiseComesBackAsItWasWithAndWithoutInterlacing(boolean isInterlaced) throws BadImageException {
        Picture picture = Pictures.noise(13, 11);
        Picture decoded = Pictures.decode(PngFiles.ofPicture(picture, isInterlaced));
        assertThat(decoded.width()).isEqualTo(13);
        assertThat(decoded.pixels()).isEqualTo(picture.pixels());
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0x50, 0x00ff00ff", // four pixels a row: 0 1 0 1
        "2, 0x1b, 0x0055aaff", // 0 1 2 3
        "8, 0x7f, 0x7f000000", // the rest of the row is 0
    })
    void grayOfUpToOneByteIsStretched(int bits, String row, String expected) throws BadImageException {
        byte[] file = png(4, bits, PngFiles.GRAY, PngFiles.data(0, Integer.decode(row), 0, 0, 0));
        assertThat(Pictures.colors(Pictures.decode(file))).isEqualTo(grays(Long.decode(expected)));
    }

    @Test
    void grayOfFourBitsIsStretched() throws BadImageException {
        byte[] file = png(4, 4, PngFiles.GRAY, PngFiles.data(0, 0x01, 0x8f));
        assertThat(Pictures.colors(Pictures.decode(file))).isEqualTo(grays(0x001188ff));
    }

    @Test
    void grayOf16BitsKeepsTheHighByte() throws BadImageException {
        byte[] file = png(4, 16, PngFiles.GRAY, PngFiles.data(0, 0, 255, 1, 0, 127, 255, 255, 255));
        assertThat(Pictures.colors(Pictures.decode(file))).isEqualTo(grays(0x00017fff));
    }

    @Test
    void grayIsNotChangedByAGamma() throws BadImageException {
        byte[] gamma = PngFiles.chunk("gAMA", 0, 1, 0x86, 0xa0);
        byte[] file = png(2, 8, PngFiles.GRAY, gamma, PngFiles.data(0, 64, 200));
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(0x404040, 0xc8c8c8);
    }

    @Test
    void grayDropsItsAlpha() throws BadImageException {
        byte[] file = png(2, 8, PngFiles.GRAY_ALPHA, PngFiles.data(0, 64, 0, 200, 255));
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(0x404040, 0xc8c8c8);
    }

    @Test
    void rgbKeepsTheColoursBelowItsAlpha() throws BadImageException {
        byte[] file = png(2, 8, PngFiles.RGB_ALPHA, PngFiles.data(0, 1, 2, 3, 0, 4, 5, 6, 128));
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(0x010203, 0x040506);
    }

    @Test
    void rgbKeepsATransparentColour() throws BadImageException {
        byte[] transparent = PngFiles.chunk("tRNS", 0, 1, 0, 2, 0, 3);
        byte[] file = png(2, 8, PngFiles.RGB, transparent, PngFiles.data(0, 1, 2, 3, 4, 5, 6));
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(0x010203, 0x040506);
    }

    @Test
    void rgbOf16BitsKeepsTheHighBytes() throws BadImageException {
        byte[] file = png(1, 16, PngFiles.RGB, PngFiles.data(0, 1, 255, 2, 128, 3, 0));
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(0x010203);
    }

    @Test
    void rgbAndAlphaOf16BitsKeepTheHighBytes() throws BadImageException {
        byte[] file = png(1, 16, PngFiles.RGB_ALPHA, PngFiles.data(0, 1, 255, 2, 128, 3, 0, 9, 9));
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(0x010203);
    }

    @ParameterizedTest
    @CsvSource({"1, 0x40, 0", "2, 0x10, 0", "4, 0x01, 0", "8, 0, 1"})
    void palettesAreLookedUpAtEveryDepth(int bits, String first, int second) throws BadImageException {
        // Below 8 bits a pixel the row is one byte, and what follows it is not read.
        byte[] data = PngFiles.data(0, Integer.decode(first), second);
        byte[] file = png(2, bits, PngFiles.PALETTE, PngFiles.chunk("PLTE", 1, 2, 3, 4, 5, 6), data);
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(0x010203, 0x040506);
    }

    @Test
    void palettesKeepTheColourOfATransparentIndex() throws BadImageException {
        byte[] palette = PngFiles.chunk("PLTE", 1, 2, 3, 4, 5, 6);
        byte[] file = png(2, 8, PngFiles.PALETTE, palette, PngFiles.chunk("tRNS", 0, 128), PngFiles.data(0, 0, 1));
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(0x010203, 0x040506);
    }

    @Test
    void anIndexBehindItsPaletteIsBlack() throws BadImageException {
        byte[] file = png(2, 8, PngFiles.PALETTE, PngFiles.chunk("PLTE", 1, 2, 3), PngFiles.data(0, 0, 200));
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(0x010203, Pictures.BLACK);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 5000", "5000, 1"})
    void extremeShapesAreRead(int width, int height) throws BadImageException {
        Picture picture = Pictures.noise(width, height);
        assertThat(Pictures.decode(PngFiles.ofPicture(picture, true)).pixels()).isEqualTo(picture.pixels());
    }

    @Test
    void damagedChunksThatAreNoPartOfThePictureDoNotMatter() throws BadImageException {
        byte[] profile = PngFiles.chunk("iCCP", 'x', 0, 0, 1, 2, 3);
        byte[] text = PngFiles.chunk("zTXt", 'x', 0, 0, 9, 9, 9);
        text[text.length - 1]++;
        byte[] palette = PngFiles.chunk("PLTE", 1, 2, 3);
        byte[] file = png(1, 8, PngFiles.PALETTE, profile, palette, text, PngFiles.data(0, 0));
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(0x010203);
    }

    @Test
    void aWrongChecksumIsRefused() {
        byte[] file = png(1, 8, PngFiles.RGB, PngFiles.data(0, 1, 2, 3));
        file[45]++;
        assertThatThrownBy(() -> Pictures.decode(file))
                .isInstanceOf(BadImageException.class)
                .hasMessage("PNG is damaged: a checksum is wrong");
    }

    @Test
    void rowsThatAreMissingAreRefused() {
        byte[] file = PngFiles.file(PngFiles.header(1, 2, 8, PngFiles.RGB), PngFiles.data(0, 1, 2, 3), PngFiles.end());
        assertThatThrownBy(() -> Pictures.decode(file))
                .isInstanceOf(BadImageException.class)
                .hasMessage("PNG ends too early");
    }

    @Test
    void aSecondHeaderIsRefused() {
        byte[] file = png(1, 8, PngFiles.RGB, PngFiles.header(9, 9, 8, 2), PngFiles.data(0, 1, 2, 3));
        assertThatThrownBy(() -> Pictures.decode(file))
                .isInstanceOf(BadImageException.class)
                .hasMessage("PNG has two headers");
    }

    @Test
    void aColourTypeThatIsNoneIsRefused() {
        assertThatThrownBy(() -> Pictures.decode(png(1, 8, 5, PngFiles.data(0, 0))))
                .isInstanceOf(BadImageException.class)
                .hasMessage("PNG is damaged: Color type must be 0, 2, 3, 4, or 6!");
    }

    /** One row. */
    private static byte[] png(int width, int bits, int colorType, byte[]... chunks) {
        byte[][] all = new byte[chunks.length + 2][];
        all[0] = PngFiles.header(width, 1, bits, colorType);
        System.arraycopy(chunks, 0, all, 1, chunks.length);
        all[all.length - 1] = PngFiles.end();
        return PngFiles.file(all);
    }

    private static int[] grays(long values) {
        int[] grays = new int[4];
        for (int i = 0; i < grays.length; i++) {
            grays[i] = (int) ((values >> (24 - 8 * i)) & 0xff) * 0x010101;
        }
        return grays;
    }
}
