package org.sparknorm.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An example on its way through the shuffle and in the file of its partition: label (32 bits), index (64 bits), length of
 * its name in bytes (32 bits), all big-endian; then the name, and the image: pixels or an image file.
 */
public final class EncodedExample {
    private static final int INDEX = Integer.BYTES;
    private static final int NAME_LENGTH = INDEX + Long.BYTES;
    /** Where the image begins if there is no name. */
    public static final int HEADER = NAME_LENGTH + Integer.BYTES;

    private EncodedExample() {}

    /** Without a name. */
    public static byte[] allocate(int imageBytes) {
        return new byte[HEADER + imageBytes];
    }

    /** @param name for messages */
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

    /** Empty if it has none. */
    public static String name(byte[] example) {
        return new String(example, HEADER, nameLength(example), StandardCharsets.UTF_8);
    }

    /** Where the image begins. */
    public static int imageStart(byte[] example) {
        return HEADER + nameLength(example);
    }

    public static byte[] image(byte[] example) {
        return Arrays.copyOfRange(example, imageStart(example), example.length);
    }
}
