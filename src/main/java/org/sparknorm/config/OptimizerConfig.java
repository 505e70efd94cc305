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
        Limit clipNorm)
        implements Serializable {

    /** {@code optimizer.name}. */
    public enum Name {
        SGD,
        ADAM
    }
}
