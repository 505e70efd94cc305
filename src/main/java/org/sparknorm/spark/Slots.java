package org.sparknorm.spark;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.apache.spark.SparkContext;
import org.apache.spark.network.util.ByteUnit;

/** Counts the tasks that can run at once, and waits for executors to come and go. */
public final class Slots {
    private static final long POLL_MILLIS = 20;
    /** Without a number of executors asked for, the start waits until none has come for this long. */
    private static final Duration QUIET = Duration.ofSeconds(5);

    private Slots() {}

    /** Time, and waiting for it to pass. */
    interface Clock {
        Clock SYSTEM = new Clock() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void sleep(long millis) throws InterruptedException {
                Thread.sleep(millis);
            }
        };

        long nanos();

        void sleep(long millis) throws InterruptedException;
    }

    /** Returns how many tasks, each with its CPUs, can run at the same time now. */
    static int now(SparkContext spark) {
        return spark.maxNumConcurrentTasks(spark.resourceProfileManager().defaultResourceProfile());
    }

    /**
     * Waits at the start: not at all in local mode; on a cluster for {@code spark.cores.max} or {@code
     * spark.executor.instances} where set, otherwise until no executor has come for some seconds.
     *
     * @return the slots there are then, 0 if no executor came in time
     */
    public static int awaitStart(SparkContext spark, Duration timeout) throws InterruptedException {
        if (spark.isLocal()) {
            return now(spark);
        }
        return awaitStart(() -> now(spark), wanted(spark), timeout, Clock.SYSTEM);
    }

    /** @param wanted how many are asked for, or 0 where that is not known */
    static int awaitStart(IntSupplier now, int wanted, Duration timeout, Clock clock) throws InterruptedException {
        long start = clock.nanos();
        long lastChange = start;
        int slots = now.getAsInt();
        while (clock.nanos() - start < timeout.toNanos()) {
            if (wanted > 0 && slots >= wanted) {
                break;
            }
            if (wanted == 0 && slots > 0 && clock.nanos() - lastChange > QUIET.toNanos()) {
                break;
            }
            clock.sleep(POLL_MILLIS);
            int next = now.getAsInt();
            if (next != slots) {
                slots = next;
                lastChange = clock.nanos();
            }
        }
        return slots;
    }

    /** Waits until the condition holds; false when the timeout passes before, or it is to give up. */
    static boolean await(BooleanSupplier condition, Duration timeout, BooleanSupplier giveUp, Clock clock)
            throws InterruptedException {
        long start = clock.nanos();
        while (!condition.getAsBoolean()) {
            if (giveUp.getAsBoolean() || clock.nanos() - start > timeout.toNanos()) {
                return false;
            }
            clock.sleep(POLL_MILLIS);
        }
        return true;
    }

    /** Returns how many executors there are now as processes of their own; at least 1. */
    public static int executors(SparkContext spark) {
        int withDriver = spark.statusTracker().getExecutorInfos().length;
        return Math.max(1, withDriver - 1);
    }

    /** Size of the heap of an executor. */
    public static long executorHeapBytes(SparkContext spark) {
        return ByteUnit.MiB.toBytes(spark.executorMemory());
    }

    private static int wanted(SparkContext spark) {
        int taskCpus = spark.conf().getInt("spark.task.cpus", 1);
        int cores = spark.conf().getInt("spark.cores.max", 0);
        if (cores > 0) {
            return cores / taskCpus;
        }
        int executors = spark.conf().getInt("spark.executor.instances", 0);
        int executorCores = spark.conf().getInt("spark.executor.cores", 1);
        return executors * (executorCores / taskCpus);
    }
}
