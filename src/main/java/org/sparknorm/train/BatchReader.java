package org.sparknorm.train;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.sparknorm.data.Permutation;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/**
 * Reads a slice's shares of the steps' batches. Where reading is slow, a thread of its own reads the share of the next
 * step while the replica computes. A share is a pure function of the step, so it does not matter who reads it, and
 * when.
 */
final class BatchReader {
    private static final long IDLE_SECONDS = 10;

    private final ReplicaSettings settings;
    private final int slice;
    private final Shape example;
    private final SliceExamples examples;
    private ThreadPoolExecutor thread;
    private Future<Batch> ahead;
    private Batch current = new Batch();
    private Batch spare = new Batch();
    private long orderedEpoch = -1;
    private Permutation order;

    /** The examples of a slice in a step. */
    static final class Batch {
        private long step;
        private Tensor input;
        private int[] labels = new int[0];

        Tensor input() {
            return input;
        }

        int[] labels() {
            return labels;
        }
    }

    BatchReader(ReplicaSettings settings, int slice, Shape example, SliceExamples examples) {
        this.settings = settings;
        this.slice = slice;
        this.example = example;
        this.examples = examples;
    }

    /** Returns the share of a step, which is valid until the next call. */
    Batch batch(long step) throws InterruptedException {
        Batch ready = settle();
        if (ready == null || ready.step != step) {
            ready = read(step, spare);
        }
        spare = current;
        current = ready;
        if (examples.isSlow()) {
            Batch next = spare;
            FutureTask<Batch> task = new FutureTask<>(() -> read(step + 1, next));
            ahead = task;
            thread().execute(task);
        }
        return current;
    }

    /** Waits until nothing is read ahead any more, and returns what was. Afterwards the caller may use the examples. */
    Batch settle() throws InterruptedException {
        if (ahead == null) {
            return null;
        }
        Future<Batch> last = ahead;
        try {
            Batch ready = last.get();
            ahead = null;
            return ready;
        } catch (ExecutionException e) {
            // The step that needs it reads it again, and fails by itself.
            ahead = null;
            return null;
        }
    }

    /** Made by a task, whose class loader it has; its thread ends when no step has come for a while. */
    private ThreadPoolExecutor thread() {
        if (thread == null) {
            thread = new ThreadPoolExecutor(
                    1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), runnable -> {
                        Thread made = new Thread(runnable, "sparknorm-reader-" + slice);
                        made.setDaemon(true);
                        return made;
                    });
            thread.allowCoreThreadTimeOut(true);
        }
        return thread;
    }

    private Batch read(long step, Batch batch) {
        BatchPlan plan = settings.plan();
        int start = plan.shareStart(slice, step);
        int count = plan.share(slice, plan.batchExamples(step));
        long epoch = plan.epoch(step);
        Permutation permutation = order(epoch);
        batch.step = step;
        batch.input = Tensor.reuse(batch.input, example.batch(count));
        if (batch.labels.length < count) {
            batch.labels = new int[count];
        }
        for (int i = 0; i < count; i++) {
            int position = permutation == null ? start + i : (int) permutation.at(start + i);
            examples.readTraining(position, epoch, batch.input.data(), i * example.size());
            batch.labels[i] = examples.label(position);
        }
        return batch;
    }

    /** Returns the slice's own order of its examples in an epoch, or null for the order of the deal. */
    private Permutation order(long epoch) {
        if (!settings.newOrderEachEpoch()) {
            return null;
        }
        if (epoch != orderedEpoch) {
            RandomSource random =
                    RandomSource.of(settings.seed(), "epoch").at(epoch).at(slice);
            order = new Permutation(examples.count(), random);
            orderedEpoch = epoch;
        }
        return order;
    }
}
