package org.sparknorm.data.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import org.sparknorm.config.RefusedException;

/**
 * Pictures from the bytes of JPEG, PNG, GIF (the first frame) and BMP files; the content decides which it is.
 *
 * <p>The values are those of the file: profiles, gamma and other hints about colours are ignored, gray becomes three equal
 * channels, 16 bits lose the lower 8, and alpha is dropped with the stored colour kept, as Pillow's {@code convert("RGB")}
 * has it. CMYK becomes (cyan · black / 255, …) of the inverted inks that JPEGs store. The orientation (EXIF) of a JPEG
 * is applied. A file that breaks off, or in which the reader found lost data, is bad even where a part could be shown.
 *
 * <p>Any number of threads may share one.
 */
public final class ImageDecoder {
    /** So that the bytes of a picture fit an array. */
    private static final long MOST_PIXELS = (Integer.MAX_VALUE - 8) / Picture.CHANNELS;

    private final long largestPixels;

    /**
     * @param largestPixels width · height up to which an image is taken (data.largest-image); checked against its header,
     *     before memory is allocated for it
     * @throws RefusedException if it is not in 1 to 715,827,879
     */
    public ImageDecoder(long largestPixels) {
        if (largestPixels < 1 || largestPixels > MOST_PIXELS) {
            throw new RefusedException(
                    "data.largest-image is " + largestPixels, "give a number of pixels from 1 to " + MOST_PIXELS);
        }
        this.largestPixels = largestPixels;
    }

    /** The size of the picture {@link #decode} would return, from the header alone. */
    public Picture.Size size(byte[] bytes) throws BadImageException {
        ImageFormat format = ImageFormat.of(bytes);
        return open(format, bytes).size();
    }

    public Picture decode(byte[] bytes) throws BadImageException {
        ImageFormat format = ImageFormat.of(bytes);
        ImageFile file = open(format, bytes);
        try {
            return file.decode();
        } catch (IOException | RuntimeException e) {
            throw bad(format, e);
        }
    }

    private ImageFile open(ImageFormat format, byte[] bytes) throws BadImageException {
        ImageFile file;
        try {
            file = format.open(bytes);
        } catch (RuntimeException e) {
            throw bad(format, e);
        }
        Picture.Size size = file.size();
        if (size.width() < 1 || size.height() < 1) {
            throw new BadImageException("%s has %d x %d pixels".formatted(format, size.width(), size.height()));
        }
        if (size.pixels() > largestPixels) {
            throw new BadImageException("%s has %d x %d pixels, more than the %d of data.largest-image"
                    .formatted(format, size.width(), size.height(), largestPixels));
        }
        if (size.pixels() > format.mostPixels(bytes.length)) {
            throw new BadImageException("%s has %d x %d pixels, too many for its %d bytes"
                    .formatted(format, size.width(), size.height(), bytes.length));
        }
        return file;
    }

    /** What went wrong in one line, from the bottom of the causes, where readers say it best. */
    private static BadImageException bad(ImageFormat format, Exception e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof Error error) {
            // The reader of PNG wraps what has nothing to do with the file, as the heap being full.
            throw error;
        }
        if (root instanceof EOFException || root instanceof BufferUnderflowException) {
            return new BadImageException(format + " ends too early", e);
        }
        // What a reader did not foresee has words that mean nothing alone, as "-5".
        String message =
                root instanceof RuntimeException || root.getMessage() == null ? root.toString() : root.getMessage();
        return new BadImageException(
                format + " is damaged: " + message.lines().findFirst().orElse(""), e);
    }
}
