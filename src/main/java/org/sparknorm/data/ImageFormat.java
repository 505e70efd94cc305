package org.sparknorm.data;

import java.util.HexFormat;

/** The formats of images, told apart by the first bytes and never by a name. */
enum ImageFormat {
    JPEG("ffd8ff"),
    PNG("89504e470d0a1a0a"),
    GIF("47494638"),
    BMP("424d");

    private static final int START_BYTES = 8;

    /** In hexadecimal digits. */
    private final String start;

    ImageFormat(String start) {
        this.start = start;
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

    /** Reads the header. */
    ImageFile open(byte[] bytes) throws BadImageException {
        return switch (this) {
            case JPEG -> new JpegFile(bytes);
            case PNG -> new PngFile(bytes);
            case GIF -> new GifFile(bytes);
            case BMP -> new BmpFile(bytes);
        };
    }
}
