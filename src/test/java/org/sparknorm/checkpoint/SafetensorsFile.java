package org.sparknorm.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.sparknorm.tensor.Shape;

/** A file of safetensors in memory: as written, or put together by hand. */
final class SafetensorsFile {
    static final List<Safetensors.Entry> ENTRIES = List.of(
            Safetensors.Entry.of("fc1.weight", Shape.of(2, 3), new float[] {1, -2, 3.5f, 0, Float.MIN_VALUE, 6}),
            Safetensors.Entry.of("bn1.running_mean", Shape.of(1), new float[] {Float.NEGATIVE_INFINITY}),
            Safetensors.Entry.of("bn1.num_batches_tracked", 1L << 40),
            Safetensors.Entry.of("ä.bias", Shape.of(0), new float[0]),
            Safetensors.Entry.of("fc2.weight", Shape.of(1, 1), new float[] {7}));
    static final int DATA_BYTES = 6 * 4 + 4 + 8 + 4;

    private SafetensorsFile() {}

    static byte[] written() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Safetensors.write(out, ENTRIES);
        return out.toByteArray();
    }

    /** A file with that header and {@code bytes} zeros. */
    static byte[] file(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }

    static Map<String, Safetensors.Entry> read(byte[] file) throws IOException {
        return Safetensors.read(new ByteArrayInputStream(file), file.length, "m.safetensors");
    }

    static long headerLength(byte[] file) {
        return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }
}
