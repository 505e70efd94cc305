package org.sparknorm.data.image;

import org.sparknorm.tensor.RandomSource;

/** Pictures for tests of what is done to pixels. */
final class SmallPictures {
    private SmallPictures() {}

    static Picture of(int width, int height, int... values) {
        byte[] pixels = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            pixels[i] = (byte) values[i];
        }
        return new Picture(width, height, pixels);
    }

    /** Grey pixels of these values. */
    static Picture grey(int width, int height, int... values) {
        int[] colours = new int[3 * values.length];
        for (int i = 0; i < colours.length; i++) {
            colours[i] = values[i / 3];
        }
        return of(width, height, colours);
    }

    /** Byte i is (7 i² + 31 i) mod 256. */
    static Picture formula(int width, int height) {
        int[] values = new int[3 * width * height];
        for (int i = 0; i < values.length; i++) {
            values[i] = 7 * i * i + 31 * i;
        }
        return of(width, height, values);
    }

    static Picture noise(int width, int height) {
        RandomSource random = RandomSource.of(1, "picture").at(width).at(height);
        byte[] pixels = new byte[3 * width * height];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) random.bits(i);
        }
        return new Picture(width, height, pixels);
    }

    /** Values 0 to 255. */
    static int[] values(Picture picture) {
        int[] values = new int[picture.pixels().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = picture.pixels()[i] & 0xFF;
        }
        return values;
    }

    static int value(Picture picture, int x, int y, int channel) {
        return picture.pixels()[(y * picture.width() + x) * 3 + channel] & 0xFF;
    }
}
