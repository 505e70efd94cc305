package org.sparknorm.spark;

import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparknorm.config.FirstLine;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.spark.shim.Unchecked;
import org.sparknorm.train.InterruptedRunException;

/**
 * Repeats what a lost or frozen executor has broken, on the executors that come in its place or on those that are left.
 * What is repeated is a pure function of its arguments, so that repeating changes no result.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final ExecutorControl executors;
    private final RunConfig config;
    private final Supplier<RuntimeException> finalFailure;
    private final DealtData data;
    private final Slots.Clock clock;
    private volatile boolean stopping;

    /** @param finalFailure what made the last attempt fail, if another would fail likewise; else null */
    Recovery(
            ExecutorControl executors,
            RunConfig config,
            Supplier<RuntimeException> finalFailure,
            DealtData data,
            Slots.Clock clock) {
        this.executors = executors;
        this.config = config;
        this.finalFailure = finalFailure;
        this.data = data;
        this.clock = clock;
    }

    /** What is repeated. */
    @FunctionalInterface
    interface Repeatable<R> {
        /** @param attempt counts from 0 */
        R run(int attempt);
    }

    /**
     * The result of the first attempt that succeeds.
     *
     * @param step the step that is made, or, between steps, comes next
     * @throws InterruptedRunException if the run is to stop
     */
    <R> R repeat(long step, Repeatable<R> work) {
        return repeat(() -> step, work);
    }

    /**
     * The same for what takes several steps. Where an attempt has made some of them, attempts at the next step count from 0.
     *
     * @param step the step that is made next
     */
    <R> R repeat(LongSupplier step, Repeatable<R> work) {
        long first = step.getAsLong();
        executors.claimJobs();
        for (int attempt = 0; ; attempt++) {
            if (stopping) {
                throw new InterruptedRunException(step.getAsLong());
            }
            try {
                return work.run(attempt);
            } catch (Exception e) { // Spark throws its checked exceptions undeclared
                if (step.getAsLong() != first) {
                    first = step.getAsLong();
                    attempt = 0;
                }
                recover(first, attempt, e);
            }
        }
    }

    /** As {@link #repeat} does, but only where slots are missing: anything else would go wrong again, and take long. */
    <R> R repeatIfLost(long step, Callable<R> work) {
        return repeat(step, attempt -> {
            try {
                return work.call();
            } catch (Exception e) { // as above
                boolean isLoss = !executors.isStopped() && executors.slots() < data.partitions();
                throw isLoss || stopping ? Unchecked.sneak(e) : new HopelessException(e);
            }
        });
    }

    /** Carries a failure that another attempt would not help. */
    private static final class HopelessException extends RuntimeException {
        HopelessException(Exception cause) {
            super(cause);
        }
    }

    /** Ends what runs now, and refuses all that would follow. For any thread. */
    void stop() {
        stopping = true;
        if (!executors.isStopped()) {
            executors.cancelJobs();
        }
    }

    /** Returns when another attempt makes sense, otherwise throws what stopped this one. */
    private void recover(long step, int attempt, Exception failure) {
        if (stopping) {
            throw new InterruptedRunException(step);
        }
        if (executors.isStopped()) {
            throw new SparkStoppedException(step, failure);
        }
        RuntimeException last = finalFailure.get();
        if (last != null) {
            throw last;
        }
        Throwable cause = refusalIn(failure);
        if (cause instanceof HopelessException) {
            throw Unchecked.sneak(cause.getCause());
        }
        if (cause instanceof RefusedException || attempt >= config.stepRetries()) {
            throw Unchecked.sneak(cause);
        }
        LOG.warn(
                "step {} failed, attempt {} of {} follows: {}",
                step,
                attempt + 2,
                config.stepRetries() + 1,
                FirstLine.of(failure));
        try {
            replaceLate();
            awaitSlots(step, cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Unchecked.sneak(cause);
        }
    }

    /**
     * Replaces executors that let a sum time out, where the cluster can do that: they are frozen, or as good as frozen.
     */
    private void replaceLate() throws InterruptedException {
        for (String executor : executors.late()) {
            LOG.warn("executor {} has missed statistics-timeout and is replaced", executor);
            if (!executors.replace(executor)) {
                LOG.warn("executor {} cannot be replaced here; Spark's heartbeat decides", executor);
                continue;
            }
            // The one in its place may come before Spark has noticed that what this one held is gone.
            await(() -> !executors.isThere(executor));
        }
    }

    /** Waits until the slots are back; after slots-timeout, the slices go to as many partitions as there are slots. */
    private void awaitSlots(long step, Throwable cause) throws InterruptedException {
        if (await(() -> executors.slots() >= data.partitions())) {
            return;
        }
        if (stopping) {
            throw new InterruptedRunException(step);
        }
        int slots = executors.slots();
        LOG.warn(
                "only {} of {} slots are back after slots-timeout = {} s{}",
                slots,
                data.partitions(),
                config.slotsTimeout().toSeconds(),
                slots == 0 ? "" : ": the run goes on with partitions = " + slots + ", which changes no bit");
        if (slots == 0) {
            throw Unchecked.sneak(cause);
        }
        data.resize(Math.min(slots, data.partitions()));
    }

    /** Waits until the condition holds; false when slots-timeout passes before, or the run is to stop. */
    private boolean await(BooleanSupplier condition) throws InterruptedException {
        return Slots.await(condition, config.slotsTimeout(), () -> stopping, clock);
    }

    /**
     * Uses slots that have come.
     *
     * @param most how many partitions the run may have
     */
    void grow(int most) {
        int slots = Math.min(executors.slots(), most);
        if (slots > data.partitions() && executors.canLoadBlas(slots)) {
            LOG.warn("{} slots are there: the run goes on with partitions = {}, which changes no bit", slots, slots);
            data.resize(slots);
        }
    }

    /** Returns the refusal by our own code on an executor, where that is the root of the failure; else the failure. */
    static Throwable refusalIn(Throwable failure) {
        RefusedException refusal = RefusedException.in(failure);
        return refusal == null ? failure : refusal;
    }
}
