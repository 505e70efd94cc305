package org.sparknorm.data.image;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;

/**
 * A decoded image of {@code [H, W, 3]} bytes: red, green and blue of a pixel follow each other, and rows run from top
 * to bottom.
 *
 * @param pixels the bytes, which are not copied
 */
public record Picture(int width, int height, byte[] pixels) {
    /** Red, green and blue. */
    public static final int CHANNELS = 3;

    private static final ColorModel RGB = new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);

    /** The numbers of columns and rows. */
    record Size(int width, int height) {
        long pixels() {
            return (long) width * height;
        }
    }

    /** @throws IllegalArgumentException if there are no pixels, or another number of bytes than the sides need */
    public Picture {
        if (width < 1 || height < 1 || pixels.length != (long) CHANNELS * width * height) {
            throw new IllegalArgumentException(
                    "A picture of %d x %d with %d bytes".formatted(width, height, pixels.length));
        }
    }

    /** Makes a picture that is all black. */
    static Picture black(Size size) {
        return new Picture(size.width(), size.height(), new byte[CHANNELS * size.width() * size.height()]);
    }

    /** Wraps the same pixels, not a copy, for the readers and writers of the JDK. */
    BufferedImage image() {
        DataBuffer buffer = new DataBufferByte(pixels, pixels.length);
        return new BufferedImage(
                RGB,
                Raster.createInterleavedRaster(
                        buffer, width, height, CHANNELS * width, CHANNELS, new int[] {0, 1, 2}, null),
                false,
                null);
    }
}
