package org.sparknorm.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the fields of a protocol buffer, one after the other, in the wire format of versions 2 and 3. The messages
 * written here have few fields, and the library for them is on every cluster in Spark's own version, next to which
 * there may be no other. Large arrays are not copied when a message is put into the one around it. For one thread.
 */
public final class ProtoMessage {
    /** The wire types, which are the lowest three bits of the number before a value. */
    private static final int VARIABLE = 0;

    private static final int EIGHT_BYTES = 1;
    private static final int DELIMITED = 2;
    private static final int FOUR_BYTES = 5;
    private static final int WIRE_TYPE_BITS = 3;

    private final List<byte[]> parts = new ArrayList<>();
    private long length;

    public ProtoMessage put(int field, double value) {
        return begin(field, EIGHT_BYTES)
                .add(littleEndian(Double.BYTES).putDouble(value).array());
    }

    public ProtoMessage put(int field, float value) {
        return begin(field, FOUR_BYTES)
                .add(littleEndian(Float.BYTES).putFloat(value).array());
    }

    public ProtoMessage put(int field, long value) {
        return begin(field, VARIABLE).add(variable(value));
    }

    /** @param value not copied; it must not change afterwards */
    public ProtoMessage put(int field, byte[] value) {
        return begin(field, DELIMITED).add(variable(value.length)).add(value);
    }

    public ProtoMessage put(int field, String value) {
        return put(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /** @param message as it is now; fields that are put into it later are not seen */
    public ProtoMessage put(int field, ProtoMessage message) {
        begin(field, DELIMITED).add(variable(message.length));
        parts.addAll(message.parts);
        length += message.length;
        return this;
    }

    private ProtoMessage begin(int field, int wireType) {
        return add(variable((long) field << WIRE_TYPE_BITS | wireType));
    }

    private ProtoMessage add(byte[] part) {
        parts.add(part);
        length += part.length;
        return this;
    }

    /** Writes seven bits per byte, the lowest first; the highest bit of a byte is set if more follow. */
    private static byte[] variable(long value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes.write((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        bytes.write((int) rest);
        return bytes.toByteArray();
    }

    static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** In bytes. */
    public long length() {
        return length;
    }

    /** Does not close the stream. */
    public void writeTo(OutputStream out) throws IOException {
        for (byte[] part : parts) {
            out.write(part);
        }
    }

    public byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.toIntExact(length));
        parts.forEach(bytes::writeBytes);
        return bytes.toByteArray();
    }
}
