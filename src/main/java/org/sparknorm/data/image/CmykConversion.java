package org.sparknorm.data.image;

import java.awt.image.Raster;

/**
 * Converts CMYK to RGB. JPEGs store CMYK inverted, as Adobe introduced it: 255 is no ink. With inverted values, a
 * channel of RGB is ink · black / 255. YCCK replaces the three coloured inks by their YCbCr, computed from the inks
 * that are not inverted (Adobe technical note 5116).
 */
final class CmykConversion {
    private static final int BANDS = 4;
    private static final int WHITE = 255;
    private static final int CENTRE = 128;
    /** The factors of JFIF for YCbCr to RGB, with 16 binary places, as in libjpeg. */
    private static final int RED_OF_CR = fixed(1.402);

    private static final int GREEN_OF_CB = fixed(0.34414);
    private static final int GREEN_OF_CR = fixed(0.71414);
    private static final int BLUE_OF_CB = fixed(1.772);
    private static final int HALF = 1 << 15;

    private CmykConversion() {}

    static Picture toPicture(Raster raster, boolean isYcck) {
        int width = raster.getWidth();
        Picture picture = Picture.black(new Picture.Size(width, raster.getHeight()));
        byte[] row = new byte[BANDS * width];
        byte[] pixels = picture.pixels();
        int to = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getDataElements(0, y, width, 1, row);
            if (isYcck) {
                toInverseInks(row);
            }
            for (int from = 0; from < row.length; from += BANDS) {
                int black = Byte.toUnsignedInt(row[from + 3]);
                for (int channel = 0; channel < Picture.CHANNELS; channel++) {
                    int ink = Byte.toUnsignedInt(row[from + channel]);
                    pixels[to++] = (byte) ((ink * black + WHITE / 2) / WHITE);
                }
            }
        }
        return picture;
    }

    private static void toInverseInks(byte[] row) {
        for (int at = 0; at < row.length; at += BANDS) {
            int luminance = Byte.toUnsignedInt(row[at]);
            int cb = Byte.toUnsignedInt(row[at + 1]) - CENTRE;
            int cr = Byte.toUnsignedInt(row[at + 2]) - CENTRE;
            row[at] = inverse(luminance + ((RED_OF_CR * cr + HALF) >> 16));
            row[at + 1] = inverse(luminance + ((HALF - GREEN_OF_CB * cb - GREEN_OF_CR * cr) >> 16));
            row[at + 2] = inverse(luminance + ((BLUE_OF_CB * cb + HALF) >> 16));
        }
    }

    private static byte inverse(int value) {
        return (byte) (WHITE - Math.max(0, Math.min(WHITE, value)));
    }

    private static int fixed(double factor) {
        return (int) Math.round(factor * (1 << 16));
    }
}
