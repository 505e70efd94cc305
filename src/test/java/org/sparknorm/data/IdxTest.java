package org.sparknorm.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.config.RefusedException;

/** The files of MNIST, whole and damaged. */
@Tag("unit")
class IdxTest {
    private static final int IMAGES = 0x00000803;
    private static final int LABELS = 0x00000801;
    private static final byte[] PIXELS = {0, 1, 127, (byte) 128, (byte) 255, 6, 7, 8, 9, 10, 11, 12};

    @Test
    void imagesAreTheirHeaderAndTheirBytesInOrder() throws IOException {
        Idx idx = Idx.images(new ByteArrayInputStream(images()), images().length, "images");
        assertThat(idx.header()).isEqualTo(new Idx.Header(2, 2, 3));
        byte[] image = new byte[6];
        idx.read(image);
        assertThat(image).containsExactly(0, 1, 127, 128, 255, 6);
        idx.read(image);
        assertThat(image).containsExactly(7, 8, 9, 10, 11, 12);
    }

    @Test
    void labelsHaveNoHeightAndWidth() throws IOException {
        Idx idx = Idx.labels(new ByteArrayInputStream(labels()), labels().length, "labels");
        assertThat(idx.header()).isEqualTo(new Idx.Header(3, 0, 0));
        byte[] read = new byte[3];
        idx.read(read);
        assertThat(read).containsExactly(9, 0, 5);
    }

    @Test
    void aNameThatEndsInGzIsUnpacked() throws IOException {
        Idx idx = Idx.images(new ByteArrayInputStream(packed(images())), packed(images()).length, "images.gz");
        byte[] read = new byte[PIXELS.length];
        idx.read(read);
        assertThat(idx.header()).isEqualTo(new Idx.Header(2, 2, 3));
        assertThat(read).isEqualTo(PIXELS);
    }

    @Test
    void closingItClosesTheStream() throws IOException {
        AtomicBoolean closed = new AtomicBoolean();
        ByteArrayInputStream stream = new ByteArrayInputStream(labels()) {
            @Override
            public void close() {
                closed.set(true);
            }
        };
        Idx.labels(stream, labels().length, "labels").close();
        assertThat(closed).isTrue();
    }

    @Test
    void labelsAreNoImages() {
        assertThatThrownBy(() -> Idx.images(new ByteArrayInputStream(labels()), labels().length, "labels"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("labels begins with 0x00000801, not with 0x00000803; give an IDX file of images");
    }

    @Test
    void imagesAreNoLabels() {
        assertThatThrownBy(() -> Idx.labels(new ByteArrayInputStream(images()), images().length, "images"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("images begins with 0x00000803, not with 0x00000801; give an IDX file of labels");
    }

    @Test
    void aPackedFileUnderAnotherNameHasTheWrongMagicNumber() throws IOException {
        byte[] packed = packed(images());
        assertThatThrownBy(() -> Idx.images(new ByteArrayInputStream(packed), packed.length, "images"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("images begins with 0x1f8b08");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 4, 15})
    void aFileThatEndsInItsHeaderIsRefused(int length) {
        byte[] truncated = Arrays.copyOf(images(), length);
        assertThatThrownBy(() -> Idx.images(new ByteArrayInputStream(truncated), truncated.length, "images"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("images ends too early; fetch the file again");
    }

    @Test
    void aFileThatEndsInItsDataIsRefused() throws IOException {
        byte[] whole = images();
        Idx idx = Idx.images(new ByteArrayInputStream(whole, 0, whole.length - 1), whole.length, "images");
        assertThatThrownBy(() -> idx.read(new byte[PIXELS.length]))
                .isInstanceOf(RefusedException.class)
                .hasMessage("images ends too early; fetch the file again");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 12})
    void aPackedFileThatEndsInItsHeadIsRefused(int length) throws IOException {
        byte[] truncated = Arrays.copyOf(packed(images()), length);
        assertThatThrownBy(() -> Idx.images(new ByteArrayInputStream(truncated), truncated.length, "images.gz"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("images.gz ends too early; fetch the file again");
    }

    @Test
    void aPackedFileThatEndsInItsDataIsRefused() throws IOException {
        byte[] noise = new byte[10_000];
        new Random(1).nextBytes(noise);
        byte[] packed = packed(file(noise, LABELS, noise.length));
        Idx idx = Idx.labels(new ByteArrayInputStream(packed, 0, packed.length / 2), packed.length, "labels.gz");
        assertThatThrownBy(() -> idx.read(noise))
                .isInstanceOf(RefusedException.class)
                .hasMessage("labels.gz ends too early; fetch the file again");
    }

    @Test
    void aFileThatIsNotPackedUnderAPackedNameIsRefused() {
        assertThatThrownBy(() -> Idx.images(new ByteArrayInputStream(images()), images().length, "images.gz"))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("images.gz is damaged: ")
                .hasMessageEndingWith("; fetch the file again");
    }

    @Test
    void aNegativeCountIsRefused() {
        byte[] file = file(PIXELS, IMAGES, -2, 2, 3);
        assertThatThrownBy(() -> Idx.images(new ByteArrayInputStream(file), file.length, "images"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("images has a dimension of -2; replace the file");
    }

    @Test
    void aNegativeWidthIsRefused() {
        byte[] file = file(PIXELS, IMAGES, 2, 2, Integer.MIN_VALUE);
        assertThatThrownBy(() -> Idx.images(new ByteArrayInputStream(file), file.length, "images"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("images has a dimension of -2147483648; replace the file");
    }

    @ParameterizedTest
    @CsvSource({"3, 2, 3", "2, 2147483647, 2147483647", "2147483647, 2147483647, 2147483647", "1, 100000, 20000"})
    void moreImagesThanTheFileHasRoomForAreRefused(int count, int height, int width) {
        byte[] file = file(new byte[1], IMAGES, count, height, width);
        assertThatThrownBy(() -> Idx.images(new ByteArrayInputStream(file), file.length, "images"))
                .isInstanceOf(RefusedException.class)
                .hasMessage(
                        "images claims %d images of %d x %d in 17 bytes; fetch the file again", count, height, width);
    }

    @Test
    void moreLabelsThanAPackedFileHasRoomForAreRefused() throws IOException {
        byte[] packed = packed(file(new byte[1], LABELS, 100_000_000));
        assertThatThrownBy(() -> Idx.labels(new ByteArrayInputStream(packed), packed.length, "labels.gz"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("labels.gz claims 100000000 labels in %d bytes; fetch the file again", packed.length);
    }

    @Test
    void anImageThatFitsNoArrayIsRefused() throws IOException {
        byte[] packed = packed(file(new byte[1], IMAGES, 1, 65_536, 65_536));
        assertThatThrownBy(() -> Idx.images(new ByteArrayInputStream(packed), 1L << 40, "images.gz"))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("images.gz claims 1 images of 65536 x 65536");
    }

    private static byte[] images() {
        return file(PIXELS, IMAGES, 2, 2, 3);
    }

    private static byte[] labels() {
        return file(new byte[] {9, 0, 5}, LABELS, 3);
    }

    private static byte[] file(byte[] data, int... head) {
        ByteBuffer file = ByteBuffer.allocate(head.length * Integer.BYTES + data.length);
        for (int number : head) {
            file.putInt(number);
        }
        return file.put(data).array();
    }

    private static byte[] packed(byte[] file) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(file);
        }
        return bytes.toByteArray();
    }
}
