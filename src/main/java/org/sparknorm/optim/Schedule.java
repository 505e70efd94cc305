package org.sparknorm.optim;

import java.util.List;
import org.sparknorm.config.LearningRateConfig;

/** The learning rate as a function of the step; the first step is 1. */
@FunctionalInterface
public interface Schedule {
    double rate(long step);

    /** The schedule that a configuration describes, for a run of {@code totalSteps} steps. */
    static Schedule of(LearningRateConfig config, long totalSteps) {
        return step -> config.initial() * warmup(config, step) * factor(config, step - 1, totalSteps);
    }

    private static double warmup(LearningRateConfig config, long step) {
        return step >= config.warmupSteps() ? 1 : (double) step / config.warmupSteps();
    }

    /** @param done number of updates made before */
    private static double factor(LearningRateConfig config, long done, long totalSteps) {
        return switch (config.schedule()) {
            case CONSTANT -> 1;
            case EXPONENTIAL -> StrictMath.pow(config.factor(), (double) done / config.every());
            case STEP -> StrictMath.pow(config.factor(), (double) passed(config, done));
            case COSINE -> (1 + StrictMath.cos(StrictMath.PI * done / totalSteps)) / 2;
        };
    }

    private static long passed(LearningRateConfig config, long done) {
        List<Long> milestones = config.milestones();
        if (milestones.isEmpty()) {
            return done / config.every();
        }
        return milestones.stream().filter(milestone -> done >= milestone).count();
    }
}
