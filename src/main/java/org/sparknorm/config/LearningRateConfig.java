package org.sparknorm.config;

import java.io.Serializable;
import java.util.List;

/** Section {@code learning-rate}. {@code every} and {@code milestones} are numbers of steps. */
public record LearningRateConfig(
        double initial, Schedule schedule, double factor, long every, List<Long> milestones, long warmupSteps)
        implements Serializable {

    /** {@code learning-rate.schedule}. */
    public enum Schedule {
        CONSTANT,
        EXPONENTIAL,
        STEP,
        COSINE
    }
}
