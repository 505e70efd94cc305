package org.sparknorm.config;

import java.io.Serializable;

/** Section {@code optimizer}. */
public record OptimizerConfig(
        Name name,
        double momentum,
        boolean nesterov,
        double weightDecay,
        boolean decayAll,
        double beta1,
        double beta2,
        double epsilon,
        double smoothing,
        boolean centered,
        double trust,
        Limit clipNorm,
        Limit averageDecay)
        implements Serializable {

    /** {@code optimizer.name}. */
    public enum Name {
        SGD,
        ADAM,
        ADAMW,
        RMSPROP,
        LARS
    }
}
