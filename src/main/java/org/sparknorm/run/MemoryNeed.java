package org.sparknorm.run;

import java.util.Locale;
import org.sparknorm.config.RefusedException;
import org.sparknorm.spark.source.DataSource;
import org.sparknorm.train.BatchPlan;

/**
 * Bytes of heap that the processes of a run need: a lower bound, so that no run is refused that would fit. What is not on
 * the heap is not counted: BLAS, and the examples, which are memory-mapped.
 */
public final class MemoryNeed {
    /** Classes, strings and buffers of a Spark process that has done next to nothing. */
    private static final long SPARK_BYTES = 30L << 20;

    /** Label, index, address and length of an example on its executor. */
    private static final long EXAMPLE_BYTES = 2 * Integer.BYTES + 2 * Long.BYTES;

    /** At the end of a step on a driver: the sum of gradients so far, and what comes to it, as bytes and as values. */
    private static final int AGGREGATED_MODELS = 3;

    /** At the end of a step on an executor: the weights, and the gradient of a task, twice as bytes (Spark 4.1). */
    private static final int EXCHANGED_MODELS = 3;

    /** What a proposal has beside the need: garbage, and the rests of heap regions behind large arrays. */
    private static final double ROOM = 1.3;

    private static final double MEBIBYTE = 1 << 20;
    private static final double GIBIBYTE = 1 << 30;

    private final RunPlan plan;
    private final BatchPlan batches;
    private final HeapLayout heap;
    private final ReplicaMemory replica;

    /** @param heap of the processes that are asked for */
    public MemoryNeed(RunPlan plan, HeapLayout heap) {
        this.plan = plan;
        this.batches = plan.settings().plan();
        this.heap = heap;
        this.replica = new ReplicaMemory(plan.network(), heap);
    }

    /** In local mode, where one process is driver and executor, whatever the partitions. */
    public long singleProcessBytes() {
        return SPARK_BYTES + stateBytes() + checkpointBytes() + slicesBytes(batches.slices());
    }

    /** Of a driver whose executors are processes of their own. */
    public long driverBytes() {
        return SPARK_BYTES + stateBytes() + Math.max(checkpointBytes(), AGGREGATED_MODELS * modelBytes());
    }

    /**
     * Of the executor that hosts the most, however slices and tasks are spread.
     *
     * @param executors how many share the slices; each has a task at least
     */
    public long executorBytes(int executors) {
        int slices = (batches.slices() + executors - 1) / executors;
        return SPARK_BYTES + EXCHANGED_MODELS * modelBytes() + updateBytes() + slicesBytes(slices);
    }

    /** Between the steps of a job: weights of its own, the sum of gradients, and what the optimizer keeps, as sent and in use. */
    private long updateBytes() {
        return plan.config().stepsPerJob().or(2) == 1 ? 0 : modelBytes() * 2 * (1 + optimizerArrays());
    }

    /**
     * Checks that a run fits this process, the driver's.
     *
     * @param runs how many share its heap
     * @throws RefusedException if it cannot
     */
    public static void checkThisProcess(RunPlan plan, int runs) {
        new MemoryNeed(plan, HeapLayout.ofThisProcess())
                .checkDriver(SparkStart.isLocal(), Runtime.getRuntime().maxMemory() / runs);
    }

    /**
     * @param isLocal whether the driver's process is the executor as well
     * @param heapBytes of the driver's process
     * @throws RefusedException if the driver's part cannot fit
     */
    void checkDriver(boolean isLocal, long heapBytes) {
        long needed = isLocal ? singleProcessBytes() : driverBytes();
        if (needed > heapBytes) {
            throw new RefusedException(
                    "the run needs about " + text(needed) + " of heap in the driver's process, which has "
                            + text(heapBytes),
                    "give it more with --driver-memory " + proposal(needed)
                            + (isLocal ? ", or lower batch-size or slices" : ", or make the model smaller"));
        }
    }

    /**
     * @param executors how many share the slices
     * @param heapBytes of each
     * @throws RefusedException if an executor's part cannot fit
     */
    void checkExecutors(int executors, long heapBytes) {
        long needed = executorBytes(executors);
        if (needed > heapBytes) {
            throw new RefusedException(
                    "the run needs about " + text(needed) + " of heap in an executor, which has " + text(heapBytes),
                    "give executors more with --executor-memory " + proposal(needed)
                            + ", use more of them, or lower batch-size or slices");
        }
    }

    /** In the largest unit in which it is at least one. */
    public static String text(long bytes) {
        return bytes < GIBIBYTE
                ? String.format(Locale.ROOT, "%.0f MiB", bytes / MEBIBYTE)
                : String.format(Locale.ROOT, "%.1f GiB", bytes / GIBIBYTE);
    }

    /** As Spark's options take it. */
    private static String proposal(long bytes) {
        return (long) Math.ceil(ROOM * bytes / GIBIBYTE) + "g";
    }

    /** All weights, or as many values. */
    private long modelBytes() {
        return heap.floats(plan.network().weightCount());
    }

    /** Weights, the optimizer's arrays, and for each weight whether it decays. */
    private long stateBytes() {
        return modelBytes() * (1 + optimizerArrays()) + plan.network().weightCount();
    }

    /** Weights, and after them the optimizer's arrays, are put into the order of files. */
    private long checkpointBytes() {
        return modelBytes() * Math.max(1, optimizerArrays());
    }

    private long optimizerArrays() {
        return plan.optimizerArrays().size();
    }

    /** Replicas for training and for validation are two each, with their examples. */
    private long slicesBytes(int slices) {
        int examples = Math.toIntExact((long) batches.batchSize() * slices / batches.slices());
        int smaller = examples / slices;
        int larger = examples % slices;
        long bytes = (slices - larger) * replica.training(smaller);
        if (larger > 0) {
            bytes += larger * replica.training(smaller + 1);
        }
        long indexed = batches.examples();
        DataSource validation = plan.validation();
        if (validation != null) {
            int count = validation.description().count();
            bytes += slices * replica.inference(Math.min(batches.batchSize(), count) / batches.slices());
            indexed += count;
        }
        return bytes + indexed * slices / batches.slices() * EXAMPLE_BYTES;
    }
}
