package org.sparknorm.data.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The orientation of a stored image, as EXIF numbers it: 1 upright, 2 mirrored, 3 upside down, 4 flipped, 5 transposed,
 * 6 to be turned clockwise, 7 transposed along the other diagonal, 8 to be turned counter-clockwise (TIFF 6.0, section
 * 8, Orientation).
 */
record Orientation(int number) {
    static final Orientation UPRIGHT = new Orientation(1);

    private static final int NUMBERS = 8;
    private static final int TAG = 0x0112;
    private static final int SHORT = 3;
    private static final int TIFF_MAGIC = 42;
    private static final int HEADER_BYTES = 8;
    private static final int ENTRY_BYTES = 12;

    /**
     * Reads the TIFF structure of EXIF. The result is upright if that is damaged or says nothing; all its numbers are
     * checked.
     */
    static Orientation ofExif(ByteBuffer tiff) {
        if (tiff.limit() < HEADER_BYTES) {
            return UPRIGHT;
        }
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long directory = Integer.toUnsignedLong(tiff.getInt(4));
        if (tiff.getShort(2) != TIFF_MAGIC || directory + Short.BYTES > tiff.limit()) {
            return UPRIGHT;
        }
        int entries = Short.toUnsignedInt(tiff.getShort((int) directory));
        long entry = directory + Short.BYTES;
        for (int i = 0; i < entries && entry + ENTRY_BYTES <= tiff.limit(); i++, entry += ENTRY_BYTES) {
            int at = (int) entry;
            if (tiff.getShort(at) == TAG && tiff.getShort(at + 2) == SHORT) {
                int number = tiff.getShort(at + 8);
                return number >= 1 && number <= NUMBERS ? new Orientation(number) : UPRIGHT;
            }
        }
        return UPRIGHT;
    }

    /** Returns the size of a stored image after it is turned upright. */
    Picture.Size upright(Picture.Size stored) {
        return isTurned() ? new Picture.Size(/* width= */ stored.height(), /* height= */ stored.width()) : stored;
    }

    /** Turns a picture upright; a picture that is upright is returned itself. */
    Picture upright(Picture stored) {
        if (number == 1) {
            return stored;
        }
        int width = stored.width();
        int height = stored.height();
        boolean fromRight = number == 2 || number == 3 || number == 7 || number == 8;
        boolean fromBottom = number == 3 || number == 4 || number == 6 || number == 7;
        int column = fromRight ? -1 : 1;
        int row = fromBottom ? -width : width;
        int first = (fromRight ? width - 1 : 0) + (fromBottom ? (height - 1) * width : 0);
        Picture upright = Picture.black(upright(new Picture.Size(width, height)));
        copy(stored.pixels(), first, isTurned() ? row : column, isTurned() ? column : row, upright);
        return upright;
    }

    private boolean isTurned() {
        return number > 4;
    }

    /** Copies pixels; {@code right} and {@code down} are the steps in the source for one step in the target. */
    private static void copy(byte[] source, int first, int right, int down, Picture target) {
        byte[] pixels = target.pixels();
        int to = 0;
        for (int y = 0; y < target.height(); y++) {
            int pixel = first + y * down;
            for (int x = 0; x < target.width(); x++, pixel += right) {
                int from = pixel * Picture.CHANNELS;
                pixels[to++] = source[from];
                pixels[to++] = source[from + 1];
                pixels[to++] = source[from + 2];
            }
        }
    }
}
