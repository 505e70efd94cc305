package org.sparknorm.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that break off or have a wrong byte: bad images, and never another exception. */
@Tag("unit")
class ImageDecoderDamageTest {
    private static final long SEED = 20_250_314;
    private static final int CORRUPTIONS = 2000;
    private static final Picture PICTURE = Pictures.noise(24, 17);

    static Stream<Arguments> files() {
        byte[] cmyk = JpegFiles.ofSamples(18, 17, PICTURE.pixels(), false);
        byte[] lossless = JpegFiles.lossless(24, 17, Arrays.copyOf(PICTURE.pixels(), 24 * 17));
        byte[] gif = GifFiles.file(
                GifFiles.screen(4, 4, 2, GifFiles.COLORS),
                GifFiles.comment("hello"),
                GifFiles.transparent(2),
                GifFiles.frame(1, 1, 2, 2, GifFiles.INTERLACED, 0, 1, 2, 3));
        int[] palette = {0, 0, 255, 0, 0, 255, 0, 0};
        return Stream.of(
                Arguments.of("baseline JPEG", JpegFiles.ofPicture(PICTURE, false)),
                Arguments.of("progressive JPEG", JpegFiles.ofPicture(PICTURE, true)),
                Arguments.of("CMYK JPEG", cmyk),
                Arguments.of("lossless JPEG", lossless),
                Arguments.of("PNG", PngFiles.ofPicture(PICTURE, false)),
                Arguments.of("interlaced PNG", PngFiles.ofPicture(PICTURE, true)),
                Arguments.of("GIF", gif),
                Arguments.of("BMP", BmpFiles.file(2, 2, 24, 0, new int[] {}, 1, 2, 3, 4, 5, 6, 0, 0, 1, 2, 3, 4, 5, 6)),
                Arguments.of("packed BMP", BmpFiles.file(3, 2, 8, 1, palette, 3, 1, 0, 0, 1, 0, 2, 1, 0, 1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void filesThatBreakOffAreBad(String name, byte[] file) {
        // Of a GIF the last byte says that no frame follows, which nobody needs to know.
        int whole = name.equals("GIF") ? file.length - 1 : file.length;
        for (int length = 0; length < whole; length += length < 700 ? 1 : 7) {
            byte[] truncated = Arrays.copyOf(file, length);
            assertThatThrownBy(() -> Pictures.decode(truncated))
                    .as("the first %d of %d bytes", length, file.length)
                    .isInstanceOf(BadImageException.class);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void oneWrongByteGivesAPictureOrABadImage(String name, byte[] file) {
        corrupt(name, file, UnaryOperator.identity());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneWrongByteUnderRightChecksumsDoesToo(boolean isInterlaced) {
        corrupt("PNG", PngFiles.ofPicture(PICTURE, isInterlaced), PngFiles::withChecksums);
    }

    private static void corrupt(String name, byte[] file, UnaryOperator<byte[]> finish) {
        Random random = new Random(SEED);
        for (int i = 0; i < CORRUPTIONS; i++) {
            byte[] copy = file.clone();
            int at = random.nextInt(copy.length);
            copy[at] ^= (byte) (1 + random.nextInt(255));
            assertThat(unforeseen(finish.apply(copy)))
                    .as("%s, seed %d, corruption %d: byte %d becomes %d", name, SEED, i, at, copy[at])
                    .isNull();
        }
    }

    /** Null for a picture and for a bad image of one line. */
    private static Throwable unforeseen(byte[] file) {
        try {
            Pictures.decode(file);
            return null;
        } catch (BadImageException e) {
            return e.getMessage().contains("\n") ? e : null;
        } catch (RuntimeException | Error e) {
            return e;
        }
    }

    @Test
    void aScanThatEndsTooEarlyIsNotFilledWithGray() {
        byte[] file = PictureWriter.jpeg(Pictures.noise(64, 64), 0.9f);
        byte[] cut = Arrays.copyOf(file, file.length / 2);
        ByteBuffer.wrap(cut).putShort(cut.length - 2, (short) 0xffd9);
        assertThatThrownBy(() -> Pictures.decode(cut))
                .isInstanceOf(BadImageException.class)
                .hasMessage("JPEG is damaged: Corrupt JPEG data: premature end of data segment");
    }

    @Test
    void aFileWithoutItsEndIsSaidToEndTooEarly() {
        byte[] file = PictureWriter.jpeg(PICTURE, 0.9f);
        assertThatThrownBy(() -> Pictures.decode(Arrays.copyOf(file, file.length - 2)))
                .isInstanceOf(BadImageException.class)
                .hasMessage("JPEG ends too early");
    }
}
