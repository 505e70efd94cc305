package org.sparknorm.data;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.Mutations;
import org.sparknorm.Reading;

/** IDX files of all kinds. The first byte of an input says which kind the reader takes the rest for. */
class IdxFuzzTest {
    private static final int LABELS = 1;
    private static final int PACKED = 2;
    /** One image in memory, of a file that deflate made as small as can be. */
    private static final long BYTES_PER_BYTE = 2 * 1032;

    static Stream<Arguments> files() throws IOException {
        byte[] images = file(0x00000803, 2, 2, 3);
        byte[] labels = file(0x00000801, 12);
        return Mutations.of(
                kind(0, images),
                kind(LABELS, labels),
                kind(PACKED, packed(images)),
                kind(LABELS | PACKED, packed(labels)),
                kind(0, file(0x00000803, 1, 32_768, 32_768)),
                kind(PACKED, packed(file(0x00000803, Integer.MAX_VALUE, 1, 1))),
                kind(LABELS, file(0x00000801, 1_000_000_000)));
    }

    @MethodSource("files")
    @FuzzTest(maxExecutions = Mutations.RUNS, maxDuration = "")
    void filesAreReadOrRefused(byte[] input) {
        int kind = input.length == 0 ? 0 : input[0];
        int length = Math.max(0, input.length - 1);
        String name = "file" + ((kind & PACKED) == 0 ? "" : ".gz");
        Reading.succeedsOrRefuses(BYTES_PER_BYTE * length, () -> {
            InputStream in = new ByteArrayInputStream(input, input.length - length, length);
            try (Idx idx = (kind & LABELS) == 0 ? Idx.images(in, length, name) : Idx.labels(in, length, name)) {
                read(idx, (kind & LABELS) != 0);
            }
        });
    }

    private static void read(Idx idx, boolean isLabels) throws IOException {
        Idx.Header header = idx.header();
        if (isLabels) {
            idx.read(new byte[header.count()]);
        } else if (header.count() > 0) {
            byte[] image = new byte[header.height() * header.width()];
            for (int i = 0; i < header.count() && image.length > 0; i++) {
                idx.read(image);
            }
        }
        idx.finish();
    }

    /** Of twelve examples' bytes. */
    private static byte[] file(int... head) {
        ByteBuffer file = ByteBuffer.allocate(head.length * Integer.BYTES + 12);
        for (int number : head) {
            file.putInt(number);
        }
        return file.array();
    }

    private static byte[] packed(byte[] file) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(file);
        }
        return bytes.toByteArray();
    }

    private static byte[] kind(int kind, byte[] file) {
        return ByteBuffer.allocate(1 + file.length).put((byte) kind).put(file).array();
    }
}
