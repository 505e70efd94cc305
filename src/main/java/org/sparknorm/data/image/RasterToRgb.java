package org.sparknorm.data.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * Converts the samples of a raster to RGB bytes without a colour space. Samples of more than 8 bits lose the lower
 * bits; samples of fewer are stretched to 0 to 255 (sample · 255 / largest, rounded down). One or two bands are gray; a
 * fourth is dropped.
 */
final class RasterToRgb {
    private static final int BYTE_BITS = 8;
    private static final int LARGEST_BYTE = 255;

    private RasterToRgb() {}

    /** Looks up the colours of a palette; an index beyond the end of its palette is black. */
    static Picture toPicture(BufferedImage image) {
        if (image.getColorModel() instanceof IndexColorModel palette) {
            return lookUp(image.getRaster(), palette);
        }
        return toPicture(image.getRaster());
    }

    static Picture toPicture(Raster raster) {
        int width = raster.getWidth();
        int bands = raster.getNumBands();
        int[] band = bands < Picture.CHANNELS ? new int[] {0, 0, 0} : new int[] {0, 1, 2};
        int[] bits = raster.getSampleModel().getSampleSize();
        Picture picture = Picture.black(new Picture.Size(width, raster.getHeight()));
        byte[] pixels = picture.pixels();
        int[] row = new int[width * bands];
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int channel = 0; channel < Picture.CHANNELS; channel++) {
                int from = band[channel];
                int to = y * width * Picture.CHANNELS + channel;
                for (int x = 0; x < width; x++, from += bands, to += Picture.CHANNELS) {
                    pixels[to] = toByte(row[from], bits[band[channel]]);
                }
            }
        }
        return picture;
    }

    private static byte toByte(int sample, int bits) {
        if (bits >= BYTE_BITS) {
            return (byte) (sample >> (bits - BYTE_BITS));
        }
        return (byte) (sample * LARGEST_BYTE / ((1 << bits) - 1));
    }

    private static Picture lookUp(Raster raster, IndexColorModel palette) {
        int width = raster.getWidth();
        int[] colors = new int[1 << Math.max(BYTE_BITS, raster.getSampleModel().getSampleSize(0))];
        palette.getRGBs(colors);
        Picture picture = Picture.black(new Picture.Size(width, raster.getHeight()));
        byte[] pixels = picture.pixels();
        int[] row = new int[width];
        int to = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                int color = colors[row[x]];
                pixels[to++] = (byte) (color >> 16);
                pixels[to++] = (byte) (color >> 8);
                pixels[to++] = (byte) color;
            }
        }
        return picture;
    }
}
