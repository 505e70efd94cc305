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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.config.RefusedException;

/** The files of MNIST, whole and damaged. */
class IdxTest {
    private static final int IMAGES = 0x00000803;
    private static final int LABELS = 0x00000801;
    private static final byte[] PIXELS = {0, 1, 127, (byte) 128, (byte) 255, 6, 7, 8, 9, 10, 11, 12};

    @Test
    void imagesAreTheirHeaderAndTheirBytesInOrder() throws IOException {
        Idx idx = Idx.images(new ByteArrayInputStream(images()), "images");
        assertThat(idx.header()).isEqualTo(new Idx.Header(2, 2, 3));
        byte[] image = new byte[6];
        idx.read(image);
        assertThat(image).containsExactly(0, 1, 127, 128, 255, 6);
        idx.read(image);
        assertThat(image).containsExactly(7, 8, 9, 10, 11, 12);
    }

    @Test
    void labelsHaveNoHeightAndWidth() throws IOException {
        Idx idx = Idx.labels(new ByteArrayInputStream(labels()), "labels");
        assertThat(idx.header()).isEqualTo(new Idx.Header(3, 0, 0));
        byte[] read = new byte[3];
        idx.read(read);
        assertThat(read).containsExactly(9, 0, 5);
    }

    @Test
    void aNameThatEndsInGzIsUnpacked() throws IOException {
        Idx idx = Idx.images(new ByteArrayInputStream(packed(images())), "images.gz");
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
        Idx.labels(stream, "labels").close();
        assertThat(closed).isTrue();
    }

    @Test
    void labelsAreNoImages() {
        assertThatThrownBy(() -> Idx.images(new ByteArrayInputStream(labels()), "labels"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("labels begins with 0x00000801, not with 0x00000803; give an IDX file of images");
    }

    @Test
    void imagesAreNoLabels() {
        assertThatThrownBy(() -> Idx.labels(new ByteArrayInputStream(images()), "images"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("images begins with 0x00000803, not with 0x00000801; give an IDX file of labels");
    }

    @Test
    void aPackedFileUnderAnotherNameHasTheWrongMagicNumber() throws IOException {
        byte[] packed = packed(images());
        assertThatThrownBy(() -> Idx.images(new ByteArrayInputStream(packed), "images"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("images begins with 0x1f8b08");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 4, 15})
    void aFileThatEndsInItsHeaderIsRefused(int length) {
        byte[] truncated = Arrays.copyOf(images(), length);
        assertThatThrownBy(() -> Idx.images(new ByteArrayInputStream(truncated), "images"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("images ends too early; fetch the file again");
    }

    @Test
    void aFileThatEndsInItsDataIsRefused() throws IOException {
        byte[] whole = images();
        Idx idx = Idx.images(new ByteArrayInputStream(whole, 0, whole.length - 1), "images");
        assertThatThrownBy(() -> idx.read(new byte[PIXELS.length]))
                .isInstanceOf(RefusedException.class)
                .hasMessage("images ends too early; fetch the file again");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 12})
    void aPackedFileThatEndsInItsHeadIsRefused(int length) throws IOException {
        byte[] truncated = Arrays.copyOf(packed(images()), length);
        assertThatThrownBy(() -> Idx.images(new ByteArrayInputStream(truncated), "images.gz"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("images.gz ends too early; fetch the file again");
    }

    @Test
    void aPackedFileThatEndsInItsDataIsRefused() throws IOException {
        byte[] noise = new byte[10_000];
        new Random(1).nextBytes(noise);
        byte[] packed = packed(file(noise, LABELS, noise.length));
        Idx idx = Idx.labels(new ByteArrayInputStream(packed, 0, packed.length / 2), "labels.gz");
        assertThatThrownBy(() -> idx.read(noise))
                .isInstanceOf(RefusedException.class)
                .hasMessage("labels.gz ends too early; fetch the file again");
    }

    @Test
    void aFileThatIsNotPackedUnderAPackedNameIsRefused() {
        assertThatThrownBy(() -> Idx.images(new ByteArrayInputStream(images()), "images.gz"))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("images.gz is damaged: ")
                .hasMessageEndingWith("; fetch the file again");
    }

    @Test
    void aNegativeCountIsRefused() {
        byte[] file = file(PIXELS, IMAGES, -2, 2, 3);
        assertThatThrownBy(() -> Idx.images(new ByteArrayInputStream(file), "images"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("images has a dimension of -2; replace the file");
    }

    @Test
    void aNegativeWidthIsRefused() {
        byte[] file = file(PIXELS, IMAGES, 2, 2, Integer.MIN_VALUE);
        assertThatThrownBy(() -> Idx.images(new ByteArrayInputStream(file), "images"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("images has a dimension of -2147483648; replace the file");
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
