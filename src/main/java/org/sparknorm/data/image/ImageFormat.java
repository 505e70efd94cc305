package org.sparknorm.data.image;

import java.util.HexFormat;

/** The formats of images. The first bytes of a file decide its format; its name never does. */
enum ImageFormat {
    /**
     * A bit may stand for a block of 8 x 8 of one component; where components differ in shape, for up to 8 x 16 pixels.
     */
    JPEG("ffd8ff", 8 * 8 * 16),
    /** Deflate makes up to 1,032 bytes of one byte, each with 8 pixels. */
    PNG("89504e470d0a1a0a", 1032 * 8),
    /** A code of 12 bits stands for up to 4,096 pixels. */
    GIF("47494638", 4096 * 8 / 12),
    /** Four bytes of a run-length encoding skip 255 x 255 pixels. */
    BMP("424d", 255 * 255 / 4);

    private static final int START_BYTES = 8;

    /** The first bytes, in hexadecimal digits. */
    private final String start;

    private final long pixelsPerByte;

    ImageFormat(String start, long pixelsPerByte) {
        this.start = start;
        this.pixelsPerByte = pixelsPerByte;
    }

    static ImageFormat of(byte[] bytes) throws BadImageException {
        if (bytes.length == 0) {
            throw new BadImageException("image is empty");
        }
        String start = HexFormat.of().formatHex(bytes, 0, Math.min(START_BYTES, bytes.length));
        for (ImageFormat format : values()) {
            if (start.startsWith(format.start)) {
                return format;
            }
        }
        throw new BadImageException("image is no JPEG, PNG, GIF or BMP: it begins with 0x" + start);
    }

    /** The largest number of pixels of a file of that length. */
    long mostPixels(int bytes) {
        return bytes * pixelsPerByte;
    }

    /** Reads the header of a file of this format. */
    ImageFile open(byte[] bytes) throws BadImageException {
        return switch (this) {
            case JPEG -> new JpegFile(bytes);
            case PNG -> new PngFile(bytes);
            case GIF -> new GifFile(bytes);
            case BMP -> new BmpFile(bytes);
        };
    }
}
