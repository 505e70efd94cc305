package org.sparknorm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Arrays of very different scale under one tolerance: a share of the largest value expected. */
final class RelativeError {
    private RelativeError() {}

    /** @param tolerance times the largest absolute value expected */
    static void assertWithin(float tolerance, String name, float[] actual, float[] expected) {
        assertWithin(tolerance, 0, name, actual, expected);
    }

    /**
     * The same where all values expected may be 0.
     *
     * @param smallest scale for the tolerance
     */
    static void assertWithin(float tolerance, float smallest, String name, float[] actual, float[] expected) {
        float largest = smallest;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(actual).as(name).containsExactly(expected, within(tolerance * largest));
    }
}
