package org.sparknorm.data.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** BMPs of a header of 40 bytes, with what follows it given byte by byte. */
final class BmpFiles {
    static final int RLE8 = 1;
    static final int BIT_FIELDS = 3;

    private static final int HEADER_BYTES = 54;

    private BmpFiles() {}

    /** @param palette blue, green, red and 0 a colour; the data follow it */
    static byte[] file(int width, int height, int bits, int compression, int[] palette, int... data) {
        ByteBuffer file = ByteBuffer.allocate(HEADER_BYTES + palette.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 'B')
                .put((byte) 'M');
        file.putInt(file.capacity()).putInt(0).putInt(HEADER_BYTES + palette.length);
        file.putInt(40).putInt(width).putInt(height).putShort((short) 1).putShort((short) bits);
        file.putInt(compression).putInt(data.length).position(HEADER_BYTES);
        for (int value : palette) {
            file.put((byte) value);
        }
        for (int value : data) {
            file.put((byte) value);
        }
        return file.array();
    }
}
