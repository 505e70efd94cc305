package org.sparknorm.data.image;

import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.imageio.ImageReader;

/** A BMP of 1, 4, 8, 16, 24 or 32 bits per pixel, plain or run-length encoded, which the JDK reads. */
final class BmpFile implements ImageFile {
    private static final int FILE_BYTES_AT = 2;
    private static final int DATA_AT = 10;
    private static final int HEADER_BYTES_AT = 14;
    private static final int COLOR_SPACE_AT = 70;
    /** Length of the header of OS/2, which has sizes of 16 bits. */
    private static final int SHORT_HEADER = 12;
    /** Length of the header from version 4 on, which names a colour space. */
    private static final int LONG_HEADER = 108;

    private static final int STANDARD_RGB = 0x73524742;
    private static final int BIT_FIELDS = 3;

    private final ByteBuffer file;
    private final Picture.Size size;
    private final int bits;
    private final int compression;

    BmpFile(byte[] bytes) {
        this.file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.get(new byte[HEADER_BYTES_AT]);
        boolean isShort = file.getInt() == SHORT_HEADER;
        int width = isShort ? file.getShort() : file.getInt();
        int height = isShort ? file.getShort() : file.getInt();
        // A negative height means that rows run from top to bottom.
        this.size = new Picture.Size(width, Math.abs(height));
        file.getShort();
        this.bits = file.getShort();
        this.compression = isShort ? 0 : file.getInt();
    }

    @Override
    public Picture.Size size() {
        return size;
    }

    @Override
    public Picture decode() throws IOException, BadImageException {
        if (compression < 0 || compression > BIT_FIELDS) {
            throw new BadImageException("BMP of compression %d cannot be read".formatted(compression));
        }
        if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32) {
            throw new BadImageException("BMP of %d bits per pixel cannot be read".formatted(bits));
        }
        checkLength();
        ImageReader reader = ImageIoPlugins.bmp();
        try {
            reader.setInput(new ByteArrayImageInputStream(corrected()), true, true);
            return RasterToRgb.toPicture(reader.read(0));
        } finally {
            reader.dispose();
        }
    }

    /** Checks, before anything is allocated, that plain rows are all there. */
    private void checkLength() {
        if (compression != 0 && compression != BIT_FIELDS) {
            return;
        }
        long rowBytes = ((long) size.width() * bits + 7) / 8;
        long paddedRowBytes = (rowBytes + 3) / 4 * 4;
        long end = Integer.toUnsignedLong(file.getInt(DATA_AT)) + paddedRowBytes * (size.height() - 1) + rowBytes;
        if (end > file.capacity()) {
            throw new BufferUnderflowException();
        }
    }

    /**
     * Copies the file with its true length, which some writers get wrong and the reader trusts, and without a profile.
     */
    private byte[] corrected() {
        ByteBuffer copy = ByteBuffer.wrap(file.array().clone()).order(ByteOrder.LITTLE_ENDIAN);
        copy.putInt(FILE_BYTES_AT, copy.capacity());
        if (copy.getInt(HEADER_BYTES_AT) >= LONG_HEADER && copy.capacity() >= COLOR_SPACE_AT + Integer.BYTES) {
            copy.putInt(COLOR_SPACE_AT, STANDARD_RGB);
        }
        return copy.array();
    }
}
