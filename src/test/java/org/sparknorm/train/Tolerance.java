package org.sparknorm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Compares arrays up to the rounding that their computation explains. */
interface Tolerance {
    void check(String name, float[] actual, float[] expected);

    /** Values may differ by this. */
    static Tolerance absolute(float difference) {
        return (name, actual, expected) -> assertThat(actual).as(name).containsExactly(expected, within(difference));
    }

    /** Values may differ by a share of the largest absolute value expected, for arrays of very different scale. */
    static Tolerance relative(float share) {
        return relative(share, 0);
    }

    /**
     * Values may differ by a share of the largest absolute value expected.
     *
     * @param smallest takes the place of that value where all values expected are smaller, or 0
     */
    static Tolerance relative(float share, float smallest) {
        return (name, actual, expected) -> {
            float largest = smallest;
            for (float value : expected) {
                largest = Math.max(largest, Math.abs(value));
            }
            absolute(share * largest).check(name, actual, expected);
        };
    }
}
