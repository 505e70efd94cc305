package org.sparknorm.config;

import java.io.Serializable;

/**
 * Section {@code early-stopping}.
 *
 * @param evaluations how many without a gain end the run; 0 for none
 * @param leastGain what counts as one
 */
public record EarlyStoppingConfig(int evaluations, Measure measure, double leastGain) implements Serializable {
    /** {@code early-stopping.measure}. */
    public enum Measure {
        LOSS,
        TOP1
    }

    public boolean isOn() {
        return evaluations > 0;
    }
}
