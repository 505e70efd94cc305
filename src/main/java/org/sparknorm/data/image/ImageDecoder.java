package org.sparknorm.data.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import org.sparknorm.config.FirstLine;
import org.sparknorm.config.RefusedException;

/**
 * Decodes the bytes of JPEG, PNG, GIF (the first frame) and BMP files; the content decides which format it is.
 *
 * <p>The values are those of the file: profiles, gamma and other hints about colours are ignored, gray becomes three
 * equal channels, 16 bits lose the lower 8, and alpha is dropped while the stored colour is kept, as in Pillow's
 * {@code convert("RGB")}. CMYK becomes (cyan · black / 255, …) of the inverted inks that JPEGs store. The EXIF
 * orientation of a JPEG is applied. A file that ends too early, or whose reader reports lost data, is bad even where a
 * part of it could be shown.
 *
 * <p>Any number of threads may share a decoder.
 */
public final class ImageDecoder {
    /** The bytes of a picture must fit an array. */
    private static final long MOST_PIXELS = (Integer.MAX_VALUE - 8) / Picture.CHANNELS;

    private final long largestPixels;

    /**
     * @param largestPixels largest width · height of an image (data.largest-image); its header is checked before memory
     *     is allocated for it
     * @throws RefusedException if the number is not in 1 to 715,827,879
     */
    public ImageDecoder(long largestPixels) {
        if (largestPixels < 1 || largestPixels > MOST_PIXELS) {
            throw new RefusedException(
                    "data.largest-image is " + largestPixels, "give a number of pixels from 1 to " + MOST_PIXELS);
        }
        this.largestPixels = largestPixels;
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

    /** Says in one line what went wrong; the last of the causes says it best. */
    private static BadImageException bad(ImageFormat format, Exception e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof Error error) {
            // The reader of PNG also wraps errors that are not the fault of the file, such as a full heap.
            throw error;
        }
        if (root instanceof EOFException || root instanceof BufferUnderflowException) {
            return new BadImageException(format + " ends too early", e);
        }
        // Exceptions that a reader did not foresee have messages that mean nothing alone, such as "-5".
        String message =
                root instanceof RuntimeException || root.getMessage() == null ? root.toString() : root.getMessage();
        return new BadImageException(format + " is damaged: " + FirstLine.of(message), e);
    }
}
