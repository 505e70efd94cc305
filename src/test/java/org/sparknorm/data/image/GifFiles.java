package org.sparknorm.data.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** GIFs block by block. */
final class GifFiles {
    static final int INTERLACED = 0x40;
    static final byte[] END = {0x3b};
    /** Red, green, blue and white. */
    static final int[] COLORS = {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255};

    private static final int PALETTE_OF_4 = 0x81;
    private static final int CLEAR = 4;
    private static final int STOP = 5;
    private static final int CODE_BITS = 3;

    private GifFiles() {}

    static byte[] file(byte[]... blocks) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes("GIF89a".getBytes(StandardCharsets.US_ASCII));
        for (byte[] block : blocks) {
            file.writeBytes(block);
        }
        return file.toByteArray();
    }

    /** With a palette of 4 colours, of which one is the background. */
    static byte[] screen(int width, int height, int background, int... palette) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        writeShorts(block, width, height);
        block.write(palette.length == 0 ? 0 : PALETTE_OF_4);
        block.write(background);
        block.write(0);
        writeAll(block, palette);
        return block.toByteArray();
    }

    /** The extension that makes an index transparent. */
    static byte[] transparent(int index) {
        return new byte[] {0x21, (byte) 0xf9, 4, 1, 0, 0, (byte) index, 0};
    }

    static byte[] comment(String text) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        writeAll(block, 0x21, 0xfe, text.length());
        block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        block.write(0);
        return block.toByteArray();
    }

    static byte[] frame(int left, int top, int width, int height, int flags, int... indices) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x2c);
        writeShorts(block, left, top, width, height);
        block.write(flags);
        block.write(CODE_BITS - 1);
        byte[] codes = codes(indices);
        for (int at = 0; at < codes.length; at += 255) {
            int length = Math.min(255, codes.length - at);
            block.write(length);
            block.write(codes, at, length);
        }
        block.write(0);
        return block.toByteArray();
    }

    /** Cleared before each index, so that the table never grows. */
    private static byte[] codes(int... indices) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int window = 0;
        int bits = 0;
        for (int i = 0; i <= 2 * indices.length; i++) {
            int code = i == 2 * indices.length ? STOP : i % 2 == 0 ? CLEAR : indices[i / 2];
            window |= code << bits;
            bits += CODE_BITS;
            if (bits >= Byte.SIZE) {
                bytes.write(window);
                window >>= Byte.SIZE;
                bits -= Byte.SIZE;
            }
        }
        bytes.write(window);
        return bytes.toByteArray();
    }

    private static void writeShorts(ByteArrayOutputStream out, int... values) {
        for (int value : values) {
            writeAll(out, value & 0xff, value >> 8);
        }
    }

    private static void writeAll(ByteArrayOutputStream out, int... values) {
        for (int value : values) {
            out.write(value);
        }
    }
}
