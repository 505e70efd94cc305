package org.sparknorm.data.image;

/**
 * Distorts the colours of pictures with strength s, as if they were taken in another light. Values v are 0 to 255 and
 * are clamped to that after each change; f is uniform in [1 − 0.4 s, 1 + 0.4 s], never below 0, and drawn for each of
 * the first three:
 *
 * <ul>
 *   <li>brightness: v ← f v
 *   <li>contrast: v ← f v + (1 − f) m, with m the mean grey of the picture
 *   <li>saturation: v ← f v + (1 − f) grey, with grey = 0.2989 red + 0.587 green + 0.114 blue of the same pixel
 *   <li>hue (of HSV): turned by a share of the circle that is uniform in ±0.1 s
 * </ul>
 *
 * <p>The order of the four is drawn at random (the first three are those of Howard 2013, section 2; the formulas are
 * those of torchvision's {@code ColorJitter}). Lighting noise follows (Krizhevsky et al. 2012, section 4.1): it adds Σ
 * αⱼ λⱼ pⱼ to every pixel, where pⱼ and λⱼ are the principal directions of ImageNet's colours and their sizes, and αⱼ
 * is normal with deviation 0.1 s.
 *
 * <p>Floats are added in a fixed order, so every machine makes the same bytes. An instance keeps buffers, so each
 * thread needs its own.
 */
final class Distortion {
    private static final float WHITE = 255;
    private static final float TINY = 1e-20f;
    private static final float HUGE = 1e30f;
    private static final float RED_IN_GREY = 0.2989f;
    private static final float GREEN_IN_GREY = 0.587f;
    private static final float BLUE_IN_GREY = 0.114f;

    private float[] red = {};
    private float[] green = {};
    private float[] blue = {};
    private float[] smallest = {};
    private float[] chroma = {};
    private float[] hue = {};
    private int count;

    /** @param picture picture that is not changed */
    Picture apply(Picture picture, DistortionDraw draw) {
        read(picture.pixels());
        for (DistortionDraw.Step step : draw.steps()) {
            float amount = step.amount();
            switch (step.change()) {
                case BRIGHTNESS -> blend(amount, 0);
                case CONTRAST -> blend(amount, (1 - amount) * meanGrey());
                case SATURATION -> saturate(amount);
                case HUE -> turnHue(amount);
            }
        }
        blend(red, 1, draw.light()[0], count);
        blend(green, 1, draw.light()[1], count);
        blend(blue, 1, draw.light()[2], count);
        return new Picture(picture.width(), picture.height(), bytes());
    }

    private void read(byte[] pixels) {
        count = pixels.length / Picture.CHANNELS;
        if (red.length < count) {
            red = new float[count];
            green = new float[count];
            blue = new float[count];
            smallest = new float[count];
            chroma = new float[count];
            hue = new float[count];
        }
        for (int i = 0; i < count; i++) {
            red[i] = pixels[i * Picture.CHANNELS] & 0xFF;
            green[i] = pixels[i * Picture.CHANNELS + 1] & 0xFF;
            blue[i] = pixels[i * Picture.CHANNELS + 2] & 0xFF;
        }
    }

    private byte[] bytes() {
        byte[] pixels = new byte[count * Picture.CHANNELS];
        for (int i = 0; i < count; i++) {
            pixels[i * Picture.CHANNELS] = (byte) (red[i] + 0.5f);
            pixels[i * Picture.CHANNELS + 1] = (byte) (green[i] + 0.5f);
            pixels[i * Picture.CHANNELS + 2] = (byte) (blue[i] + 0.5f);
        }
        return pixels;
    }

    private void blend(float factor, float added) {
        blend(red, factor, added, count);
        blend(green, factor, added, count);
        blend(blue, factor, added, count);
    }

    private static void blend(float[] values, float factor, float added, int count) {
        for (int i = 0; i < count; i++) {
            values[i] = clamp(factor * values[i] + added);
        }
    }

    private float meanGrey() {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += grey(red[i], green[i], blue[i]);
        }
        return (float) (sum / count);
    }

    private void saturate(float factor) {
        float rest = 1 - factor;
        for (int i = 0; i < count; i++) {
            float added = rest * grey(red[i], green[i], blue[i]);
            red[i] = clamp(factor * red[i] + added);
            green[i] = clamp(factor * green[i] + added);
            blue[i] = clamp(factor * blue[i] + added);
        }
    }

    private static float grey(float red, float green, float blue) {
        return RED_IN_GREY * red + GREEN_IN_GREY * green + BLUE_IN_GREY * blue;
    }

    /**
     * Turns HSV's hue h, which is in sixths of the circle from red on: yellow is 1, green 2, cyan ±3, blue −2. Value
     * and saturation stay the same, and so do the largest and the smallest of the three colours. With colours scaled to
     * 0 .. 1, |h| = 1 + green + blue − red, and h has the sign of green − blue. The loops are short and without
     * branches because the JIT compiles only such loops to vector instructions: one loop with cases takes fifteen times
     * as long.
     */
    private void turnHue(float turn) {
        float sixths = (float) (6 * (turn - Math.rint(turn)));
        for (int i = 0; i < count; i++) {
            float largest = Math.max(red[i], Math.max(green[i], blue[i]));
            smallest[i] = Math.min(red[i], Math.min(green[i], blue[i]));
            chroma[i] = largest - smallest[i];
        }
        for (int i = 0; i < count; i++) {
            // A grey has no hue; any hue will do, since its chroma is 0.
            float scale = 1 / Math.max(chroma[i], TINY);
            float distance = 1 + (green[i] + blue[i] - red[i] - smallest[i]) * scale;
            // The sign of 0 is 1, too: h is then 0 or ±3.
            float sign = Math.max(-1, Math.min((green[i] - blue[i]) * HUGE + 1, 1));
            hue[i] = sign * distance + sixths;
        }
        colour(red, 0);
        colour(green, 2);
        colour(blue, -2);
    }

    /** Sets a colour by its distance from the hue: the full share up to 1, nothing from 2 to 3; the circle is 6. */
    private void colour(float[] values, float place) {
        for (int i = 0; i < count; i++) {
            float distance = Math.abs(3 - Math.abs(Math.abs(hue[i] - place) - 3));
            values[i] = smallest[i] + chroma[i] * Math.max(0, Math.min(2 - distance, 1));
        }
    }

    private static float clamp(float value) {
        return Math.max(0, Math.min(value, WHITE));
    }
}
