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
        @DoesNotAffectResult AutoInteger partitions,
        long seed,
        @DoesNotAffectResult Setting<Long> steps,
        @DoesNotAffectResult Setting<Long> epochs,
        @DoesNotAffectResult AutoInteger stepsPerJob,
        OptimizerConfig optimizer,
        LearningRateConfig learningRate,
        Loss loss,
        @DoesNotAffectResult long evaluateEvery,
        @DoesNotAffectResult EarlyStoppingConfig earlyStopping,
        @DoesNotAffectResult Checkpoints checkpoint,
        @DoesNotAffectResult String resume,
        String initFrom,
        ChannelOrder initFromOrder,
        double initFromLargest,
        @DoesNotAffectResult Setting<String> output,
        @DoesNotAffectResult boolean overwrite,
        @DoesNotAffectResult int stepRetries,
        @DoesNotAffectResult Duration statisticsTimeout,
        @DoesNotAffectResult Duration slotsTimeout,
        @DoesNotAffectResult OnDivergence onDivergence,
        @DoesNotAffectResult PercentilesConfig recordPercentiles,
        @DoesNotAffectResult HistogramsConfig recordHistograms)
        implements Serializable {
    /** Section {@code loss}. */
    public record Loss(double labelSmoothing) implements Serializable {}

    /**
     * Section {@code checkpoint}.
     *
     * @param every steps between checkpoints
     * @param keep how many of the newest are kept, next to the best
     */
    public record Checkpoints(long every, int keep) implements Serializable {}

    /** The value of a path key that names nothing. */
    public static final String NO_PATH = "none";

    /** The value of {@code resume} that names the newest checkpoint of the output. */
    public static final String LATEST = "latest";

    /** {@code init-from-order}: of the channels that the network of the file saw. */
    public enum ChannelOrder {
        RGB,
        BGR
    }

    /** {@code on-divergence}. */
    public enum OnDivergence {
        STOP,
        CONTINUE
    }

    /** The file of weights to start from, if any. */
    public Optional<String> initialWeights() {
        return initFrom.equals(NO_PATH) ? Optional.empty() : Optional.of(initFrom);
    }

    /** Whether the run is to go on from a checkpoint. */
    public boolean resumes() {
        return !resume.equals(NO_PATH);
    }

    /** Whether the run is to go on from the newest checkpoint of its output. */
    public boolean resumesLatest() {
        return resume.equals(LATEST);
    }

    /** The checkpoint to go on from, if it is named by its path. */
    public Optional<String> checkpointPath() {
        return resumes() && !resumesLatest() ? Optional.of(resume) : Optional.empty();
    }

    /** The number of updates of the run. */
    public long totalSteps(long stepsPerEpoch) {
        return steps.optional()
                .orElseGet(() -> Math.multiplyExact(epochs.optional().orElseThrow(), stepsPerEpoch));
    }

    /** Returns a copy with a known number of classes. */
    public RunConfig withClasses(int classes) {
        return Sections.with(this, "model.classes", new AutoInteger(classes));
    }

    /** Returns a copy with a chosen number of partitions. */
    public RunConfig withPartitions(int chosen) {
        return Sections.with(this, "partitions", new AutoInteger(chosen));
    }
}
