package org.sparknorm.config;

import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;

/**
 * All that a user sets of a run, resolved and checked. {@code conf/reference.conf} says what each key means and its
 * default; a component {@code batchSize} here is the key {@code batch-size} there.
 */
public record RunConfig(
        ModelConfig model,
        DataConfig data,
        int batchSize,
        int slices,
        AutoInteger partitions,
        long seed,
        Setting<Long> steps,
        Setting<Long> epochs,
        OptimizerConfig optimizer,
        LearningRateConfig learningRate,
        LossConfig loss,
        long evaluateEvery,
        String initFrom,
        Setting<String> output,
        boolean overwrite,
        int stepRetries,
        Duration statisticsTimeout,
        Duration slotsTimeout,
        OnDivergence onDivergence)
        implements Serializable {

    /** The value of a path key that names nothing. */
    public static final String NO_PATH = "none";

    /** {@code on-divergence}. */
    public enum OnDivergence {
        STOP,
        CONTINUE
    }

    /** The file of weights to start from, if any. */
    public Optional<String> initialWeights() {
        return initFrom.equals(NO_PATH) ? Optional.empty() : Optional.of(initFrom);
    }

    /** The number of updates of the run. */
    public long totalSteps(long stepsPerEpoch) {
        return steps.optional()
                .orElseGet(() -> Math.multiplyExact(epochs.optional().orElseThrow(), stepsPerEpoch));
    }
}
