package org.sparknorm.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;

/** Pictures for tests, and what they look like. */
final class Pictures {
    static final int RED = 0xff0000;
    static final int GREEN = 0x00ff00;
    static final int BLUE = 0x0000ff;
    static final int WHITE = 0xffffff;
    static final int BLACK = 0;

    private Pictures() {}

    static Picture decode(byte[] file) throws BadImageException {
        return new ImageDecoder(1_000_000).decode(file);
    }

    static Picture noise(int width, int height) {
        byte[] pixels = new byte[Picture.CHANNELS * width * height];
        new Random(1).nextBytes(pixels);
        return new Picture(width, height, pixels);
    }

    /** A smooth one, which JPEG keeps nearly as it is. */
    static Picture slope(int width, int height) {
        Picture picture = Picture.black(new Picture.Size(width, height));
        for (int i = 0; i < width * height; i++) {
            picture.pixels()[3 * i] = (byte) (i % width * 255 / width);
            picture.pixels()[3 * i + 1] = (byte) (i / width * 255 / height);
            picture.pixels()[3 * i + 2] = 100;
        }
        return picture;
    }

    /** Red, green, blue and white from the top left on. */
    static Picture quarters(int width, int height) {
        Picture picture = Picture.black(new Picture.Size(width, height));
        for (int i = 0; i < width * height; i++) {
            int quarter = (i / width < height / 2 ? 0 : 2) + (i % width < width / 2 ? 0 : 1);
            int color = new int[] {RED, GREEN, BLUE, WHITE}[quarter];
            picture.pixels()[3 * i] = (byte) (color >> 16);
            picture.pixels()[3 * i + 1] = (byte) (color >> 8);
            picture.pixels()[3 * i + 2] = (byte) color;
        }
        return picture;
    }

    /** All pixels as 0xrrggbb, row by row. */
    static int[] colors(Picture picture) {
        int[] colors = new int[picture.width() * picture.height()];
        for (int i = 0; i < colors.length; i++) {
            for (int channel = 0; channel < 3; channel++) {
                colors[i] = (colors[i] << 8) | Byte.toUnsignedInt(picture.pixels()[3 * i + channel]);
            }
        }
        return colors;
    }

    /** The four corners as 0xrrggbb, in the order of reading, each channel 0 or 255, whichever is nearer. */
    static int[] corners(Picture picture) {
        int[] colors = colors(picture);
        int last = colors.length - 1;
        int[] corners = {colors[0], colors[picture.width() - 1], colors[last - picture.width() + 1], colors[last]};
        for (int i = 0; i < corners.length; i++) {
            corners[i] = ((corners[i] >> 7) & 0x010101) * 255;
        }
        return corners;
    }

    static void assertClose(Picture actual, Picture expected, int tolerance) {
        assertThat(actual.width()).isEqualTo(expected.width());
        assertThat(actual.height()).isEqualTo(expected.height());
        for (int i = 0; i < expected.pixels().length; i++) {
            assertThat(Byte.toUnsignedInt(actual.pixels()[i]))
                    .as("byte %d", i)
                    .isBetween(
                            Byte.toUnsignedInt(expected.pixels()[i]) - tolerance,
                            Byte.toUnsignedInt(expected.pixels()[i]) + tolerance);
        }
    }

    static Picture filled(int width, int height, int color) {
        Picture picture = Picture.black(new Picture.Size(width, height));
        for (int i = 0; i < picture.pixels().length; i++) {
            picture.pixels()[i] = (byte) (color >> (16 - 8 * (i % 3)));
        }
        return picture;
    }

    /** The size that the header of a file gives. */
    static Picture.Size size(byte[] file) throws BadImageException {
        return ImageFormat.of(file).open(file).size();
    }
}
