package org.sparknorm.run;

import java.util.Locale;
import org.sparknorm.config.RefusedException;
import org.sparknorm.spark.source.DataSource;
import org.sparknorm.train.BatchPlan;

/**
 * Computes how many bytes of heap the processes of a run need. It is a lower bound, so that no run is refused that
 * would fit. Memory outside the heap is not counted: that of BLAS, and the examples, which are memory-mapped.
 */
public final class MemoryNeed {
    /** Bytes of the classes, strings and buffers of a Spark process that has hardly done anything. */
    private static final long SPARK_BYTES = 30L << 20;

    /** Bytes of the label, index, address and length of an example on its executor. */
    private static final long EXAMPLE_BYTES = 2 * Integer.BYTES + 2 * Long.BYTES;

    /**
     * Arrays of model size on a driver as a step ends: the sum of gradients, and the next one as bytes and as values.
     */
    private static final int AGGREGATED_MODELS = 3;

    /** The same on an executor: the weights, and the gradient of a task, twice as bytes (Spark 4.1). */
    private static final int EXCHANGED_MODELS = 3;

    /** Proposed heap / need. It leaves room for garbage and for the unused ends of heap regions after large arrays. */
    private static final double ROOM = 1.3;

    private static final double MEBIBYTE = 1 << 20;
    private static final double GIBIBYTE = 1 << 30;

    private final RunPlan plan;
    private final BatchPlan batches;
    private final HeapLayout heap;
    private final ReplicaMemory replica;

    /** @param heap heap layout of the processes whose need is asked for */
    public MemoryNeed(RunPlan plan, HeapLayout heap) {
        this.plan = plan;
        this.batches = plan.settings().plan();
        this.heap = heap;
        this.replica = new ReplicaMemory(plan.network(), heap);
    }

    /** Returns the need in local mode, where one process is driver and executor, for any number of partitions. */
    public long singleProcessBytes() {
        return SPARK_BYTES + stateBytes() + checkpointBytes() + slicesBytes(batches.slices());
    }

    /** Returns the need of a driver whose executors are processes of their own. */
    public long driverBytes() {
        return SPARK_BYTES + stateBytes() + Math.max(checkpointBytes(), AGGREGATED_MODELS * modelBytes());
    }

    /**
     * Returns the need of the executor that hosts the most slices, however slices and tasks are spread.
     *
     * @param executors number of executors that share the slices; each has at least one task
     */
    public long executorBytes(int executors) {
        int slices = (batches.slices() + executors - 1) / executors;
        return SPARK_BYTES + EXCHANGED_MODELS * modelBytes() + updateBytes() + slicesBytes(slices);
    }

    /**
     * Returns the need between steps of a job: own weights, sum of gradients, optimizer's arrays, each as sent and in
     * use.
     */
    private long updateBytes() {
        return plan.config().stepsPerJob().or(2) == 1 ? 0 : modelBytes() * 2 * (1 + optimizerArrays());
    }

    /**
     * Checks that a run fits into the heap of this process, the driver.
     *
     * @param runs number of runs that share the heap
     * @throws RefusedException if it does not fit
     */
    public static void checkThisProcess(RunPlan plan, int runs) {
        new MemoryNeed(plan, HeapLayout.ofThisProcess())
                .checkDriver(SparkStart.isLocal(), Runtime.getRuntime().maxMemory() / runs);
    }

    /**
     * @param isLocal whether the process of the driver is also the executor
     * @param heapBytes size of the heap of the driver's process
     * @throws RefusedException if the driver's part does not fit
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
     * @param executors number of executors that share the slices
     * @param heapBytes size of the heap of each executor
     * @throws RefusedException if an executor's part does not fit
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

    /** Returns a size in MiB, or in GiB if it is at least one. */
    public static String text(long bytes) {
        return bytes < GIBIBYTE
                ? String.format(Locale.ROOT, "%.0f MiB", bytes / MEBIBYTE)
                : String.format(Locale.ROOT, "%.1f GiB", bytes / GIBIBYTE);
    }

    /** Returns a heap for that need, as Spark's options take it. */
    private static String proposal(long bytes) {
        return (long) Math.ceil(ROOM * bytes / GIBIBYTE) + "g";
    }

    /** Returns the bytes of an array with one value per weight. */
    private long modelBytes() {
        return heap.floats(plan.network().weightCount());
    }

    /** Returns the bytes of the weights, of the optimizer's arrays and, for each weight, of whether it decays. */
    private long stateBytes() {
        return modelBytes() * (1 + optimizerArrays()) + plan.network().weightCount();
    }

    /** Returns the bytes of the copies in file order, first of the weights and then of the optimizer's arrays. */
    private long checkpointBytes() {
        return modelBytes() * Math.max(1, optimizerArrays());
    }

    private long optimizerArrays() {
        return plan.optimizerArrays().size();
    }

    /** Returns the bytes of each slice's two replicas, for training and for validation, and of its examples. */
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
