package org.sparknorm.config;

import java.io.Serializable;

/**
 * Section {@code early-stopping}.
 *
 * @param evaluations number of evaluations in a row without a gain after which the run ends; 0 for never
 * @param leastGain a gain is an improvement of the best value so far by more than this
 */
public record EarlyStoppingConfig(int evaluations, Measure measure, double leastGain) implements Serializable {
    /** {@code early-stopping.measure}, of the validation examples. */
    public enum Measure {
        LOSS,
        TOP1
    }

    public boolean isOn() {
        return evaluations > 0;
    }
}
