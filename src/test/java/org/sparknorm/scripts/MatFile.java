package org.sparknorm.scripts;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.Deflater;

/** Writes MATLAB files of level 5 like the {@code meta.mat} of ILSVRC 2012: one structure array, {@code synsets}. */
final class MatFile {
    private static final int INT8 = 1;
    private static final int UINT8 = 2;
    private static final int UINT16 = 4;
    private static final int INT32 = 5;
    private static final int UINT32 = 6;
    private static final int DOUBLE = 9;
    private static final int MATRIX = 14;
    private static final int COMPRESSED = 15;

    private static final int STRUCTURE_CLASS = 2;
    private static final int CHARACTER_CLASS = 4;
    private static final int DOUBLE_CLASS = 6;

    private static final int FIELD_NAME_BYTES = 32;

    private final ByteOrder order;

    private MatFile(ByteOrder order) {
        this.order = order;
    }

    /** The names have the ids 1, 2, 3, ... */
    static byte[] synsets(List<String> names, boolean compressed, ByteOrder order) {
        return new MatFile(order).file(names, compressed);
    }

    private byte[] file(List<String> names, boolean compressed) {
        ByteBuffer header = ByteBuffer.allocate(128).order(order);
        header.put("MATLAB 5.0 MAT-file".getBytes(StandardCharsets.US_ASCII));
        header.putShort(124, (short) 0x0100).putShort(126, (short) (('M' << 8) + 'I'));
        byte[] other = matrix(DOUBLE_CLASS, 1, "another", element(DOUBLE, number(3.5)));
        byte[] array = matrix(STRUCTURE_CLASS, names.size(), "synsets", fields(names));
        return compressed ? join(header.array(), deflated(other), deflated(array)) : join(header.array(), other, array);
    }

    private byte[] fields(List<String> names) {
        ByteBuffer titles = ByteBuffer.allocate(3 * FIELD_NAME_BYTES);
        int at = 0;
        for (String title : List.of("ILSVRC2012_ID", "words", "WNID")) {
            titles.put(at, title.getBytes(StandardCharsets.US_ASCII));
            at += FIELD_NAME_BYTES;
        }
        byte[] fields = join(element(INT32, integers(FIELD_NAME_BYTES)), element(INT8, titles.array()));
        for (int i = 0; i < names.size(); i++) {
            // Whole numbers are stored in the smallest type, text in one or two bytes a character.
            byte[] id = i % 2 == 0 ? element(UINT8, new byte[] {(byte) (i + 1)}) : element(DOUBLE, number(i + 1));
            byte[] name = i % 2 == 0 ? element(UINT16, wide(names.get(i))) : element(UINT8, narrow(names.get(i)));
            fields = join(
                    fields,
                    matrix(DOUBLE_CLASS, 1, "", id),
                    matrix(CHARACTER_CLASS, 3, "", element(UINT8, narrow("dog"))),
                    matrix(CHARACTER_CLASS, names.get(i).length(), "", name));
        }
        return fields;
    }

    private byte[] matrix(int arrayClass, int count, String name, byte[] content) {
        int[] dimensions = arrayClass == CHARACTER_CLASS ? new int[] {1, count} : new int[] {count, 1};
        return element(
                MATRIX,
                join(
                        element(UINT32, integers(arrayClass, 0)),
                        element(INT32, integers(dimensions)),
                        element(INT8, narrow(name)),
                        content));
    }

    /** Up to four bytes stand in the tag itself. */
    private byte[] element(int type, byte[] data) {
        if (data.length > 0 && data.length <= 4) {
            int tag = data.length << 16 | type;
            return ByteBuffer.allocate(8).order(order).putInt(tag).put(data).array();
        }
        int padded = (data.length + 7) & ~7;
        return ByteBuffer.allocate(8 + padded)
                .order(order)
                .putInt(type)
                .putInt(data.length)
                .put(data)
                .array();
    }

    private byte[] deflated(byte[] element) {
        Deflater deflater = new Deflater();
        deflater.setInput(element);
        deflater.finish();
        byte[] buffer = new byte[element.length + 64];
        int length = deflater.deflate(buffer);
        deflater.end();
        return ByteBuffer.allocate(8 + length)
                .order(order)
                .putInt(COMPRESSED)
                .putInt(length)
                .put(buffer, 0, length)
                .array();
    }

    private byte[] integers(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(order);
        for (int value : values) {
            buffer.putInt(value);
        }
        return buffer.array();
    }

    private byte[] number(double value) {
        return ByteBuffer.allocate(8).order(order).putDouble(value).array();
    }

    private byte[] wide(String text) {
        return text.getBytes(order == ByteOrder.LITTLE_ENDIAN ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE);
    }

    private static byte[] narrow(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }
}
