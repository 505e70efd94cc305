package org.sparknorm.config;

import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;

/**
 * The configuration of a run, resolved and checked. {@code conf/reference.conf} describes the keys and their defaults.
 * The component {@code batchSize} here is the key {@code batch-size} there.
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
     * @param every number of steps between checkpoints
     * @param keep how many of the newest checkpoints are kept in addition to the best one
     */
    public record Checkpoints(long every, int keep) implements Serializable {}

    /** The value of a key for a path that names no file. */
    public static final String NO_PATH = "none";

    /** The value of {@code resume} that names the newest checkpoint of the output. */
    public static final String LATEST = "latest";

    /** {@code init-from-order}: the order of the colour channels for which the network of the file was trained. */
    public enum ChannelOrder {
        RGB,
        BGR
    }

    /** {@code on-divergence}. */
    public enum OnDivergence {
        STOP,
        CONTINUE
    }

    /** Returns the path of the initial weights, if the configuration names a file. */
    public Optional<String> initialWeights() {
        return initFrom.equals(NO_PATH) ? Optional.empty() : Optional.of(initFrom);
    }

    /** Whether the run continues from a checkpoint. */
    public boolean resumes() {
        return !resume.equals(NO_PATH);
    }

    /** Whether the run continues from the newest checkpoint of its output. */
    public boolean resumesLatest() {
        return resume.equals(LATEST);
    }

    /** Returns the path of the checkpoint to continue from, if the configuration names one. */
    public Optional<String> checkpointPath() {
        return resumes() && !resumesLatest() ? Optional.of(resume) : Optional.empty();
    }

    /** Returns the number of updates of the run. */
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
