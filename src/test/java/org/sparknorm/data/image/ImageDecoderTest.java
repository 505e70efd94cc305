package org.sparknorm.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.Reading;
import org.sparknorm.config.RefusedException;

/** What holds for images of all formats. */
@Tag("unit")
class ImageDecoderTest {
    private static final Path PHOTOS = Path.of("../shared/data/photos-varied");
    /** A tenth of the least that one byte a pixel of the smallest bomb would take. */
    private static final long FEW_BYTES = 10_000_000;

    @Test
    void anEmptyFileIsRefused() {
        assertThatThrownBy(() -> Pictures.decode(new byte[0]))
                .isInstanceOf(BadImageException.class)
                .hasMessage("image is empty");
    }

    @Test
    void anotherFormatIsRefusedByItsFirstBytes() {
        assertThatThrownBy(() -> Pictures.decode("RIFF....WEBPVP8 ".getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(BadImageException.class)
                .hasMessage("image is no JPEG, PNG, GIF or BMP: it begins with 0x524946462e2e2e2e");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 715_827_880})
    void aLimitThatNoPictureCanHaveIsRefused(long limit) {
        assertThatThrownBy(() -> new ImageDecoder(limit))
                .isInstanceOf(RefusedException.class)
                .hasMessage("data.largest-image is %d; give a number of pixels from 1 to 715827879".formatted(limit));
    }

    @Test
    void anImageOfJustTheLimitIsRead() throws BadImageException {
        byte[] file = PngFiles.ofPicture(Pictures.noise(4, 5), false);
        assertThat(new ImageDecoder(20).decode(file).height()).isEqualTo(5);
        assertThatThrownBy(() -> new ImageDecoder(19).decode(file))
                .isInstanceOf(BadImageException.class)
                .hasMessage("PNG has 4 x 5 pixels, more than the 19 of data.largest-image");
    }

    @ParameterizedTest
    @MethodSource("bombs")
    void aHugeSizeIsRefusedBeforeMemoryIsAllocated(String message, byte[] file) throws BadImageException {
        ImageDecoder decoder = new ImageDecoder(100_000_000);
        decoder.decode(PngFiles.ofPicture(Pictures.noise(4, 5), false));
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = memory.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> decoder.decode(file))
                .isInstanceOf(BadImageException.class)
                .hasMessage(message + " pixels, more than the 100000000 of data.largest-image");
        assertThat(memory.getCurrentThreadAllocatedBytes() - before).isLessThan(FEW_BYTES);
    }

    static Stream<Arguments> bombs() {
        byte[] jpeg = JpegFiles.plain(16, 16, 77);
        ByteBuffer.wrap(jpeg).putInt(JpegFiles.segment(jpeg, 0xc0) + 1, -1);
        byte[] png = PngFiles.file(PngFiles.header(100_000, 100_000, 8, PngFiles.RGB), PngFiles.data(0));
        byte[] screen = GifFiles.file(GifFiles.screen(65535, 65535, 0), GifFiles.frame(0, 0, 1, 1, 0, 0));
        byte[] frame = GifFiles.file(GifFiles.screen(1, 1, 0), GifFiles.frame(0, 0, 20_000, 30_000, 0, 0));
        byte[] bmp = BmpFiles.file(100_000, -100_000, 8, BmpFiles.RLE8, new int[] {}, 0, 1);
        return Stream.of(
                Arguments.of("JPEG has 65535 x 65535", jpeg),
                Arguments.of("PNG has 100000 x 100000", png),
                Arguments.of("GIF has 65535 x 65535", screen),
                Arguments.of("GIF has 20000 x 30000", frame),
                Arguments.of("BMP has 100000 x 100000", bmp));
    }

    @ParameterizedTest
    @MethodSource("claims")
    void aSizeThatTheFileCannotHoldIsRefusedBeforeMemoryIsAllocated(byte[] file) {
        ImageDecoder decoder = new ImageDecoder(100_000_000);
        Reading.succeedsOrRefuses(0, () -> decoder.decode(file));
        assertThatThrownBy(() -> decoder.decode(file))
                .isInstanceOf(BadImageException.class)
                .hasMessageEndingWith(" has 9000 x 9000 pixels, too many for its %d bytes", file.length);
    }

    /** A file of each format that says it has more than would fit it, but no more than largest-image. */
    static Stream<byte[]> claims() {
        byte[] jpeg = JpegFiles.plain(16, 16, 77);
        ByteBuffer.wrap(jpeg).putInt(JpegFiles.segment(jpeg, 0xc0) + 1, 9_000 << 16 | 9_000);
        return Stream.of(
                jpeg,
                PngFiles.file(PngFiles.header(9_000, 9_000, 8, PngFiles.RGB), PngFiles.data(0), PngFiles.end()),
                GifFiles.file(GifFiles.screen(9_000, 9_000, 0, GifFiles.COLORS), GifFiles.frame(0, 0, 1, 1, 0, 0)),
                BmpFiles.file(9_000, 9_000, 8, BmpFiles.RLE8, new int[] {0, 0, 0, 0}, 0, 1));
    }

    @Test
    void sizesAreThoseOfThePictures() throws BadImageException {
        Picture picture = Pictures.noise(7, 3);
        Picture.Size size = new Picture.Size(7, 3);
        assertThat(Pictures.size(PictureWriter.jpeg(picture, 0.9f))).isEqualTo(size);
        assertThat(Pictures.size(PngFiles.ofPicture(picture, true))).isEqualTo(size);
        assertThat(Pictures.size(GifFiles.file(GifFiles.screen(7, 3, 0), GifFiles.frame(0, 0, 1, 1, 0, 0))))
                .isEqualTo(size);
        assertThat(Pictures.size(BmpFiles.file(7, -3, 24, 0, new int[] {}))).isEqualTo(size);
    }

    @Test
    void manyThreadsShareOne() throws BadImageException {
        ImageDecoder decoder = new ImageDecoder(10_000);
        byte[] file = PictureWriter.jpeg(Pictures.slope(90, 70), 0.9f);
        byte[] expected = decoder.decode(file).pixels();
        assertThat(IntStream.range(0, 200).parallel().mapToObj(i -> pixels(decoder, file)))
                .allMatch(pixels -> Arrays.equals(pixels, expected));
    }

    private static byte[] pixels(ImageDecoder decoder, byte[] file) {
        try {
            return decoder.decode(file).pixels();
        } catch (BadImageException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void realPhotosAreRead() throws IOException, BadImageException {
        assumeThat(Files.isDirectory(PHOTOS)).as("%s is not here", PHOTOS).isTrue();
        List<Path> files;
        try (Stream<Path> walk = Files.walk(PHOTOS)) {
            files = walk.filter(path -> path.toString().endsWith(".JPEG")).toList();
        }
        ImageDecoder decoder = new ImageDecoder(100_000_000);
        for (Path file : files) {
            byte[] bytes = Files.readAllBytes(file);
            Picture picture = decoder.decode(bytes);
            assertThat(new Picture.Size(picture.width(), picture.height()))
                    .as("%s", file)
                    .isEqualTo(Pictures.size(bytes));
        }
        assertThat(files).hasSize(499);
    }
}
