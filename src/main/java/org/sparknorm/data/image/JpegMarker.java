package org.sparknorm.data.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The markers of JPEG (ITU-T T.81, table B.1): the byte after 0xff. */
final class JpegMarker {
    static final int ESCAPE = 0xff;
    static final int START = 0xd8;
    static final int END = 0xd9;
    static final int SCAN = 0xda;
    /** The last marker of frames with a discrete cosine transform and Huffman codes. */
    static final int PROGRESSIVE = 0xc2;

    static final int LOSSLESS = 0xc3;
    /** Number of bytes that {@link #putAdobe} writes. */
    static final int ADOBE_BYTES = 16;

    private static final int FIRST_FRAME = 0xc0;
    private static final int LAST_FRAME = 0xcf;
    private static final int HUFFMAN_TABLES = 0xc4;
    private static final int RESERVED = 0xc8;
    private static final int ARITHMETIC_CONDITIONS = 0xcc;
    private static final int FIRST_RESTART = 0xd0;
    private static final int LAST_RESTART = 0xd7;
    private static final int FIRST_APPLICATION = 0xe0;
    private static final int LAST_APPLICATION = 0xef;
    private static final int COMMENT = 0xfe;
    private static final int TEMPORARY = 0x01;

    private JpegMarker() {}

    /** Whether no segment follows the marker. */
    static boolean isAlone(int marker) {
        return marker == TEMPORARY || (marker >= FIRST_RESTART && marker <= END);
    }

    static boolean isFrame(int marker) {
        return marker >= FIRST_FRAME
                && marker <= LAST_FRAME
                && marker != HUFFMAN_TABLES
                && marker != RESERVED
                && marker != ARITHMETIC_CONDITIONS;
    }

    static boolean isMetadata(int marker) {
        return (marker >= FIRST_APPLICATION && marker <= LAST_APPLICATION) || marker == COMMENT;
    }

    /** Whether 0xff and this byte end a scan; a stuffed 0xff (0), padding and a restart are parts of it. */
    static boolean endsScan(int following) {
        return following != 0 && following != ESCAPE && (following < FIRST_RESTART || following > LAST_RESTART);
    }

    static void putSingle(ByteBuffer out, int marker) {
        out.put((byte) ESCAPE).put((byte) marker);
    }

    static void putSegment(ByteBuffer out, int marker, ByteBuffer segment) {
        putSingle(out, marker);
        out.putShort((short) (segment.limit() + Short.BYTES)).put(segment.rewind());
    }

    /** @param transform 0 for samples as they are, 1 for YCbCr, 2 for YCCK */
    static void putAdobe(ByteBuffer out, int transform) {
        putSingle(out, FIRST_APPLICATION + 14);
        out.putShort((short) (ADOBE_BYTES - 2));
        out.put("Adobe".getBytes(StandardCharsets.US_ASCII));
        out.putShort((short) 100).putShort((short) 0).putShort((short) 0).put((byte) transform);
    }
}
