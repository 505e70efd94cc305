package org.sparknorm.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Encodes an example as bytes for the way through the shuffle and for the file of its partition: label (32 bits), index
 * (64 bits) and length of its name in bytes (32 bits), all big-endian; then the name in UTF-8; then the content, which
 * {@link ExampleForm} describes and which is here called the image.
 */
public final class EncodedExample {
    private static final int INDEX = Integer.BYTES;
    private static final int NAME_LENGTH = INDEX + Long.BYTES;
    /** Index of the first byte of the image if there is no name. */
    public static final int HEADER = NAME_LENGTH + Integer.BYTES;

    private EncodedExample() {}

    /** Makes an example without a name, with zeros for label, index and image. */
    public static byte[] allocate(int imageBytes) {
        return new byte[HEADER + imageBytes];
    }

    /** @param name name of the example in messages */
    public static byte[] of(int label, String name, byte[] image) {
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        byte[] example = new byte[HEADER + nameBytes.length + image.length];
        ByteBuffer.wrap(example)
                .putInt(label)
                .putLong(0)
                .putInt(nameBytes.length)
                .put(nameBytes)
                .put(image);
        return example;
    }

    public static void setLabel(byte[] example, int label) {
        ByteBuffer.wrap(example).putInt(label);
    }

    public static int label(byte[] example) {
        return ByteBuffer.wrap(example).getInt();
    }

    public static void setIndex(byte[] example, long index) {
        ByteBuffer.wrap(example).putLong(INDEX, index);
    }

    public static long index(byte[] example) {
        return ByteBuffer.wrap(example).getLong(INDEX);
    }

    private static int nameLength(byte[] example) {
        return ByteBuffer.wrap(example).getInt(NAME_LENGTH);
    }

    /** The name; empty if there is none. */
    public static String name(byte[] example) {
        return new String(example, HEADER, nameLength(example), StandardCharsets.UTF_8);
    }

    /** Index of the first byte of the image. */
    public static int imageStart(byte[] example) {
        return HEADER + nameLength(example);
    }

    public static byte[] image(byte[] example) {
        return Arrays.copyOfRange(example, imageStart(example), example.length);
    }
}
