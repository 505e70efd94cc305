package org.sparknorm.spark;

import java.nio.ByteBuffer;

/** An example on its way through the shuffle: the label as 32-bit big-endian number, then the image's bytes. */
final class EncodedExample {
    static final int HEADER = Integer.BYTES;

    private EncodedExample() {}

    static byte[] allocate(int imageBytes) {
        return new byte[HEADER + imageBytes];
    }

    static void setLabel(byte[] example, int label) {
        ByteBuffer.wrap(example).putInt(label);
    }

    static int label(byte[] example) {
        return ByteBuffer.wrap(example).getInt();
    }
}
