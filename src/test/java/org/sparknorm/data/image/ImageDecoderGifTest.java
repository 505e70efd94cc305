package org.sparknorm.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** First frames of GIFs, to the bit. */
@Tag("unit")
class ImageDecoderGifTest {
    private static final int[] ALL = {Pictures.RED, Pictures.GREEN, Pictures.BLUE, Pictures.WHITE};

    @Test
    void indicesAreLookedUp() throws BadImageException {
        byte[] file = gif(GifFiles.screen(2, 2, 0, GifFiles.COLORS), GifFiles.frame(0, 0, 2, 2, 0, 0, 1, 2, 3));
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(ALL);
    }

    @Test
    void noiseThatFillsTheTableOfCodesComesBackAsItWas() throws BadImageException, IOException {
        BufferedImage image = new BufferedImage(150, 100, BufferedImage.TYPE_BYTE_INDEXED);
        Random random = new Random(1);
        for (int i = 0; i < 15_000; i++) {
            // Runs and noise: long and short codes.
            int index = i % 150 < 50 ? 7 : random.nextInt(216);
            image.getRaster().setSample(i % 150, i / 150, 0, index);
        }
        int[] expected = image.getRGB(0, 0, 150, 100, null, 0, 150);
        for (int i = 0; i < expected.length; i++) {
            expected[i] &= 0xffffff;
        }
        assertThat(Pictures.colors(Pictures.decode(written(image)))).isEqualTo(expected);
    }

    @Test
    void aFrameWithAPaletteOfItsOwnUsesIt() throws BadImageException {
        byte[] frame = GifFiles.frame(0, 0, 1, 1, 0, 1);
        byte[] own = Arrays.copyOf(frame, frame.length + 12);
        own[9] = (byte) 0x81;
        System.arraycopy(new byte[] {9, 9, 9, 1, 2, 3, 9, 9, 9, 9, 9, 9}, 0, own, 10, 12);
        System.arraycopy(frame, 10, own, 22, frame.length - 10);
        byte[] file = gif(GifFiles.screen(1, 1, 0, GifFiles.COLORS), own);
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(0x010203);
    }

    @Test
    void interlacedRowsComeIntoOrder() throws BadImageException {
        // Rows 0 and 8, then 4, then 2 and 6, then the odd ones.
        byte[] frame = GifFiles.frame(0, 0, 1, 9, GifFiles.INTERLACED, 0, 0, 1, 2, 2, 3, 3, 3, 3);
        byte[] file = gif(GifFiles.screen(1, 9, 0, GifFiles.COLORS), frame);
        assertThat(Pictures.colors(Pictures.decode(file)))
                .containsExactly(
                        Pictures.RED,
                        Pictures.WHITE,
                        Pictures.BLUE,
                        Pictures.WHITE,
                        Pictures.GREEN,
                        Pictures.WHITE,
                        Pictures.BLUE,
                        Pictures.WHITE,
                        Pictures.RED);
    }

    @Test
    void aTransparentIndexKeepsItsColour() throws BadImageException {
        byte[] frame = GifFiles.frame(0, 0, 2, 1, 0, 2, 1);
        byte[] file = gif(GifFiles.screen(2, 1, 0, GifFiles.COLORS), GifFiles.transparent(2), frame);
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(Pictures.BLUE, Pictures.GREEN);
    }

    @Test
    void aSmallFrameIsDrawnAtItsPlaceOnTheBackground() throws BadImageException {
        byte[] file = gif(GifFiles.screen(3, 2, 2, GifFiles.COLORS), GifFiles.frame(1, 1, 1, 1, 0, 0));
        assertThat(Pictures.colors(Pictures.decode(file)))
                .containsExactly(
                        Pictures.BLUE, Pictures.BLUE, Pictures.BLUE, Pictures.BLUE, Pictures.RED, Pictures.BLUE);
    }

    @Test
    void aFrameThatReachesOverTheScreenMakesItLarger() throws BadImageException {
        byte[] file = gif(GifFiles.screen(1, 1, 2, GifFiles.COLORS), GifFiles.frame(1, 0, 1, 1, 0, 0));
        assertThat(Pictures.size(file)).isEqualTo(new Picture.Size(2, 1));
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(Pictures.BLUE, Pictures.RED);
    }

    @Test
    void onlyTheFirstOfManyFramesIsRead() throws BadImageException {
        byte[] first = GifFiles.frame(0, 0, 1, 1, 0, 1);
        byte[] second = GifFiles.frame(0, 0, 1, 1, 0, 3);
        byte[] file = gif(GifFiles.screen(1, 1, 0, GifFiles.COLORS), GifFiles.comment("two"), first, second);
        assertThat(Pictures.colors(Pictures.decode(file))).containsExactly(Pictures.GREEN);
    }

    @Test
    void extremeShapesAreRead() throws BadImageException, IOException {
        BufferedImage column = new BufferedImage(1, 5000, BufferedImage.TYPE_BYTE_INDEXED);
        assertThat(Pictures.decode(written(column)).height()).isEqualTo(5000);
        BufferedImage row = new BufferedImage(5000, 1, BufferedImage.TYPE_BYTE_INDEXED);
        assertThat(Pictures.decode(written(row)).width()).isEqualTo(5000);
    }

    @Test
    void missingPixelsAreRefused() {
        byte[] file = gif(GifFiles.screen(2, 2, 0, GifFiles.COLORS), GifFiles.frame(0, 0, 2, 2, 0, 0, 1, 2));
        assertRefused(file, "GIF has 3 of its 4 pixels");
    }

    @Test
    void aFrameWithoutPixelsIsRefused() {
        byte[] file = gif(GifFiles.screen(2, 2, 0, GifFiles.COLORS), GifFiles.frame(0, 0, 0, 2, 0));
        assertRefused(file, "GIF has a frame of 0 x 2 pixels");
    }

    @Test
    void aFileWithoutFramesIsRefused() {
        assertRefused(gif(GifFiles.screen(2, 2, 0, GifFiles.COLORS)), "GIF has no frame");
    }

    @Test
    void aFileWithoutPalettesIsRefused() {
        assertRefused(gif(GifFiles.screen(1, 1, 0), GifFiles.frame(0, 0, 1, 1, 0, 0)), "GIF has no palette");
    }

    private static void assertRefused(byte[] file, String message) {
        assertThatThrownBy(() -> Pictures.decode(file))
                .isInstanceOf(BadImageException.class)
                .hasMessage(message);
    }

    private static byte[] gif(byte[]... blocks) {
        byte[][] all = Arrays.copyOf(blocks, blocks.length + 1);
        all[blocks.length] = GifFiles.END;
        return GifFiles.file(all);
    }

    private static byte[] written(BufferedImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, "gif", bytes)).isTrue();
        return bytes.toByteArray();
    }
}
