package org.sparknorm.data.image;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.sparknorm.tensor.RandomSource;

/**
 * Draws at random what {@link Distortion} does to one picture.
 *
 * @param steps changes in their order, one of each kind
 * @param light numbers that are added to red, green and blue at the end
 */
record DistortionDraw(List<Step> steps, float[] light) {
    private static final double LARGEST_CHANGE = 0.4;
    private static final double LARGEST_TURN = 0.1;
    private static final double LIGHTING_DEVIATION = 0.1;
    private static final double WHITE = 255;

    /** The columns are the principal directions of ImageNet's colours, as published with fb.resnet.torch. */
    private static final double[][] DIRECTIONS = {
        {-0.5675, 0.7192, 0.4009}, {-0.5808, -0.0045, -0.8140}, {-0.5836, -0.6948, 0.4203}
    };
    /** The sizes of the directions, for values from 0 to 1. */
    private static final double[] SIZES = {0.2175, 0.0188, 0.0045};

    /** Index of the random number that decides the order; those of the four steps follow. */
    private static final int ORDER = 0;

    private static final int FIRST_STEP = 1;
    /** Index of the first of three normal numbers, which are computed from the uniform numbers 10 to 15. */
    private static final int LIGHTING = 5;

    /** A kind of change. */
    enum Change {
        BRIGHTNESS,
        CONTRAST,
        SATURATION,
        HUE
    }

    /**
     * @param amount factor; for the hue, share of the circle by which it is turned
     */
    record Step(Change change, float amount) {}

    /** @param strength 0 for no change, 1 for changes of the usual size */
    static DistortionDraw of(double strength, RandomSource random) {
        List<Step> steps = new ArrayList<>();
        for (Change change : order(random.uniform(ORDER))) {
            double number = strength * (2 * random.uniform(FIRST_STEP + steps.size()) - 1);
            double amount = change == Change.HUE ? LARGEST_TURN * number : Math.max(0, 1 + LARGEST_CHANGE * number);
            steps.add(new Step(change, (float) amount));
        }
        return new DistortionDraw(List.copyOf(steps), light(strength, random));
    }

    /** Returns one of the 24 orders, which are equally likely. */
    private static List<Change> order(double uniform) {
        List<Change> order = Arrays.asList(Change.values());
        int code = (int) (uniform * 24);
        for (int left = order.size(); left > 1; left--) {
            Collections.swap(order, left - 1, code % left);
            code /= left;
        }
        return order;
    }

    private static float[] light(double strength, RandomSource random) {
        float[] light = new float[DIRECTIONS.length];
        for (int channel = 0; channel < light.length; channel++) {
            double sum = 0;
            for (int i = 0; i < SIZES.length; i++) {
                sum += DIRECTIONS[channel][i] * SIZES[i] * random.gaussian(LIGHTING + i);
            }
            light[channel] = (float) (LIGHTING_DEVIATION * strength * WHITE * sum);
        }
        return light;
    }
}
