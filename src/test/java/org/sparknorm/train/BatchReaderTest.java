package org.sparknorm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparknorm.tensor.Shape;

/** Shares of batches are those of their steps, whether they were read ahead or not. */
@Tag("unit")
class BatchReaderTest {
    private static final Shape EXAMPLE = Shape.of(2);
    private static final int EXAMPLES = 10;
    private static final ReplicaSettings SETUP = new ReplicaSettings(new BatchPlan(EXAMPLES, 4, 1, false), 1, true, 0);

    /** Example i in epoch e is [i, e]; knows on which threads it was read. */
    private static final class Counting implements SliceExamples {
        private final boolean slow;
        private final Set<String> threads = ConcurrentHashMap.newKeySet();
        private long failingEpoch = -1;

        Counting(boolean slow) {
            this.slow = slow;
        }

        @Override
        public int count() {
            return EXAMPLES;
        }

        @Override
        public int label(int position) {
            return position % 3;
        }

        @Override
        public long index(int position) {
            return position;
        }

        @Override
        public String name(int position) {
            return "";
        }

        @Override
        public void readTraining(int position, long epoch, float[] target, int at) {
            threads.add(Thread.currentThread().getName());
            if (epoch == failingEpoch) {
                throw new IllegalStateException("epoch " + epoch);
            }
            target[at] = position;
            target[at + 1] = epoch;
        }

        @Override
        public void readCrop(int position, int crop, int crops, float[] target, int at) {
            throw new IllegalStateException("nothing is evaluated here");
        }

        @Override
        public boolean isSlow() {
            return slow;
        }
    }

    private static float[] values(BatchReader reader, long step) throws InterruptedException {
        BatchReader.Batch batch = reader.batch(step);
        return Arrays.copyOf(batch.input().data(), batch.input().size());
    }

    @Test
    void readingAheadShowsNowhereButInTheThreads() throws InterruptedException {
        Counting slow = new Counting(true);
        Counting fast = new Counting(false);
        BatchReader ahead = new BatchReader(SETUP, 0, EXAMPLE, slow);
        BatchReader direct = new BatchReader(SETUP, 0, EXAMPLE, fast);
        // In order, the same again, back, and far ahead.
        for (long step : new long[] {1, 2, 3, 4, 4, 2, 7, 8}) {
            assertThat(values(ahead, step)).as("step %d", step).isEqualTo(values(direct, step));
        }
        ahead.settle();
        assertThat(slow.threads).contains("sparknorm-reader-0");
        assertThat(fast.threads).containsExactly(Thread.currentThread().getName());
    }

    @Test
    void failureIsThatOfTheStepThatNeedsTheExamples() throws InterruptedException {
        Counting examples = new Counting(true);
        examples.failingEpoch = 1;
        BatchReader reader = new BatchReader(SETUP, 0, EXAMPLE, examples);
        reader.batch(3);
        assertThatThrownBy(() -> reader.batch(4)).hasMessage("epoch 1");
        examples.failingEpoch = -1;
        assertThat(values(reader, 4)[1]).isEqualTo(1f);
    }
}
