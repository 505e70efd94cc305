package org.sparknorm.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparknorm.config.RefusedException;
import org.sparknorm.tensor.Shape;

/**
 * Writes and reads the safetensors format: the length of the header as 64-bit little-endian, the header as JSON (name →
 * dtype, shape, offsets), then the data, little-endian, without gaps. Tensors are float32 or int64.
 */
public final class Safetensors {
    private static final String FLOAT = "F32";
    private static final String LONG = "I64";
    private static final String METADATA = "__metadata__";
    /** The format's own limit. */
    private static final long LARGEST_HEADER = 100_000_000;

    private static final int ALIGNMENT = 8;
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private Safetensors() {}

    /** A named tensor of float32, or of int64 if {@code longs} is not null. */
    public record Entry(String name, Shape shape, float[] floats, long[] longs) {
        public static Entry of(String name, Shape shape, float[] values) {
            return new Entry(name, shape, values, null);
        }

        public static Entry of(String name, long value) {
            return new Entry(name, Shape.of(), null, new long[] {value});
        }

        private int bytes() {
            return Math.multiplyExact(shape.size(), longs == null ? Float.BYTES : Long.BYTES);
        }

        private ByteBuffer data() {
            ByteBuffer buffer = ByteBuffer.allocate(bytes()).order(ByteOrder.LITTLE_ENDIAN);
            if (longs == null) {
                buffer.asFloatBuffer().put(floats);
            } else {
                buffer.asLongBuffer().put(longs);
            }
            return buffer;
        }
    }

    /** Writes the tensors in the order given. Does not close the stream. */
    public static void write(OutputStream out, List<Entry> entries) throws IOException {
        ObjectNode header = JSON.createObjectNode();
        long offset = 0;
        for (Entry entry : entries) {
            ObjectNode tensor = header.putObject(entry.name());
            tensor.put("dtype", entry.longs() == null ? FLOAT : LONG);
            tensor.set("shape", JSON.valueToTree(entry.shape().toArray()));
            tensor.putArray("data_offsets").add(offset).add(offset + entry.bytes());
            offset += entry.bytes();
        }
        byte[] json = JSON.writeValueAsBytes(header);
        int padding = Math.floorMod(-json.length, ALIGNMENT);
        out.write(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length + padding)
                .array());
        out.write(json);
        out.write(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
        for (Entry entry : entries) {
            out.write(entry.data().array());
        }
    }

    /** SHA-256 of the data section that {@link #write} writes for the tensors, in lower-case hexadecimal. */
    public static String sha256(List<Entry> entries) {
        MessageDigest digest = Sha256.digest();
        for (Entry entry : entries) {
            digest.update(entry.data());
        }
        return Sha256.finish(digest);
    }

    /**
     * Reads a whole file.
     *
     * @param length of the file in bytes; nothing larger is ever allocated
     * @param name of the file, for messages
     * @throws RefusedException if the file is not of this format, is damaged, or has tensors of other types
     */
    public static Map<String, Entry> read(InputStream in, long length, String name) throws IOException {
        try {
            if (length < Long.BYTES) {
                throw damaged(name, "it has " + length + " bytes");
            }
            long headerLength = ByteBuffer.wrap(fully(in, Long.BYTES))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getLong();
            long dataLength = length - Long.BYTES - headerLength;
            if (headerLength < 2 || headerLength > LARGEST_HEADER || dataLength < 0) {
                throw damaged(name, "its header claims " + headerLength + " bytes");
            }
            JsonNode header = JSON.readTree(new String(fully(in, headerLength), StandardCharsets.UTF_8));
            if (!header.isObject()) {
                throw damaged(name, "its header is no JSON object");
            }
            return readTensors(in, header, dataLength, name);
        } catch (EOFException e) {
            throw damaged(name, "it ends too early");
        } catch (JsonProcessingException e) {
            throw damaged(name, "its header is no JSON");
        }
    }

    private record Extent(String name, JsonNode description, long begin, long end) {}

    private static Map<String, Entry> readTensors(InputStream in, JsonNode header, long dataLength, String file)
            throws IOException {
        List<Extent> extents = new ArrayList<>();
        header.properties().forEach(field -> {
            if (!field.getKey().equals(METADATA)) {
                JsonNode offsets = field.getValue().path("data_offsets");
                extents.add(new Extent(
                        field.getKey(),
                        field.getValue(),
                        offsets.path(0).asLong(-1),
                        offsets.path(1).asLong(-1)));
            }
        });
        extents.sort(Comparator.comparingLong(Extent::begin).thenComparingLong(Extent::end));
        Map<String, Entry> tensors = new LinkedHashMap<>();
        long position = 0;
        for (Extent extent : extents) {
            if (extent.begin() != position || extent.end() < position || extent.end() > dataLength) {
                throw damaged(file, "the place of " + extent.name() + " does not fit");
            }
            tensors.put(extent.name(), readTensor(in, extent, file));
            position = extent.end();
        }
        if (position != dataLength) {
            throw damaged(file, "it has " + (dataLength - position) + " bytes too many");
        }
        return tensors;
    }

    private static Entry readTensor(InputStream in, Extent extent, String file) throws IOException {
        String type = extent.description().path("dtype").asText();
        if (!type.equals(FLOAT) && !type.equals(LONG)) {
            throw new RefusedException(
                    extent.name() + " in " + file + " is of type " + type, "write it as F32 (counters as I64)");
        }
        Shape shape = shape(extent, file);
        long bytes = extent.end() - extent.begin();
        if (bytes != (long) shape.size() * (type.equals(FLOAT) ? Float.BYTES : Long.BYTES)) {
            throw damaged(file, extent.name() + " of shape " + shape + " has " + bytes + " bytes");
        }
        ByteBuffer data = ByteBuffer.wrap(fully(in, bytes)).order(ByteOrder.LITTLE_ENDIAN);
        if (type.equals(LONG)) {
            long[] values = new long[shape.size()];
            data.asLongBuffer().get(values);
            return new Entry(extent.name(), shape, null, values);
        }
        float[] values = new float[shape.size()];
        data.asFloatBuffer().get(values);
        return Entry.of(extent.name(), shape, values);
    }

    private static Shape shape(Extent extent, String file) {
        JsonNode dimensions = extent.description().path("shape");
        int[] shape = new int[dimensions.size()];
        try {
            if (!dimensions.isArray()) {
                throw new IllegalArgumentException("no list");
            }
            for (int axis = 0; axis < shape.length; axis++) {
                JsonNode dimension = dimensions.get(axis);
                shape[axis] = dimension.isIntegralNumber() ? Math.toIntExact(dimension.asLong(-1)) : -1;
            }
            Shape result = Shape.of(shape);
            Math.multiplyExact(result.size(), Long.BYTES);
            return result;
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw damaged(file, "the shape " + dimensions + " of " + extent.name() + " is impossible");
        }
    }

    private static byte[] fully(InputStream in, long count) throws IOException {
        byte[] bytes = in.readNBytes(Math.toIntExact(count));
        if (bytes.length < count) {
            throw new EOFException();
        }
        return bytes;
    }

    private static RefusedException damaged(String file, String how) {
        return new RefusedException(file + " is no whole safetensors file: " + how, "give another file");
    }
}
