package org.sparknorm.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.train.InterruptedRunException;

/** What is repeated, how often, and on how many partitions; on executors of the test, and on a clock of its own. */
@Tag("unit")
class RecoveryTest {
    private static final long STEP = 7;
    private static final int PARTITIONS = 4;
    private static final int RETRIES = 2;
    private static final int SLOTS_TIMEOUT_SECONDS = 60;
    private static final RunConfig CONFIG = ConfigFiles.ofText(
                    "steps = 20, step-retries = " + RETRIES + ", slots-timeout = " + SLOTS_TIMEOUT_SECONDS + "s")
            .toRunConfig();

    private final FakeClock clock = new FakeClock();
    private final Executors executors = new Executors();
    /** Without Spark, as nothing is dealt. */
    private final DealtData data = new DealtData(null, CONFIG, PARTITIONS);

    private final IllegalStateException failure = new IllegalStateException("lost");
    private RuntimeException finalFailure;
    private final Recovery recovery = new Recovery(executors, CONFIG, () -> finalFailure, data, clock);

    /** The numbers of the attempts that were made. */
    private final List<Integer> attempts = new ArrayList<>();

    private final class Executors implements ExecutorControl {
        private boolean stopped;
        private IntSupplier slots = () -> PARTITIONS;
        private boolean canLoadBlas = true;
        private final Set<String> late = new TreeSet<>();
        private boolean canReplace = true;
        private final List<String> replaced = new ArrayList<>();
        /** Executors that are replaced are gone from this second on. */
        private long lossNoticed;

        private int claims;
        private int cancels;

        @Override
        public boolean isStopped() {
            return stopped;
        }

        @Override
        public int slots() {
            return slots.getAsInt();
        }

        @Override
        public boolean canLoadBlas(int count) {
            return canLoadBlas;
        }

        @Override
        public Set<String> late() {
            return late;
        }

        @Override
        public boolean isThere(String executor) {
            return !replaced.contains(executor) || clock.seconds() < lossNoticed;
        }

        @Override
        public boolean replace(String executor) {
            return canReplace && replaced.add(executor);
        }

        @Override
        public void claimJobs() {
            claims++;
        }

        @Override
        public void cancelJobs() {
            cancels++;
        }
    }

    /** Fails that many times, then returns its number. */
    private int failing(int times, int attempt) {
        attempts.add(attempt);
        if (attempts.size() <= times) {
            throw failure;
        }
        return attempt;
    }

    private int repeat(int failures) {
        return recovery.repeat(STEP, attempt -> failing(failures, attempt));
    }

    private int repeatIfLost(int failures) {
        return recovery.repeatIfLost(STEP, () -> failing(failures, attempts.size()));
    }

    @Test
    void firstAttemptThatSucceedsIsTheOnlyOne() {
        assertThat(repeat(0)).isZero();
        assertThat(attempts).containsExactly(0);
        assertThat(executors.claims).isEqualTo(1);
        assertThat(clock.nanos()).isZero();
    }

    @Test
    void failedAttemptIsRepeatedWithTheNextNumber() {
        assertThat(repeat(1)).isEqualTo(1);
        assertThat(attempts).containsExactly(0, 1);
        assertThat(data.partitions()).isEqualTo(PARTITIONS);
    }

    @Test
    void afterStepRetriesTheCauseIsThrown() {
        assertThatThrownBy(() -> repeat(RETRIES + 1)).isSameAs(failure);
        assertThat(attempts).containsExactly(0, 1, 2);
    }

    /** Two steps fail twice each, which is as often as one step may. */
    @Test
    void attemptsCountAnewAfterAStepWasMade() {
        long[] step = {STEP};
        int last = recovery.repeat(() -> step[0], attempt -> {
            if (attempts.size() == RETRIES) {
                step[0]++;
            }
            return failing(2 * RETRIES, attempt);
        });
        assertThat(last).isEqualTo(RETRIES);
        assertThat(attempts).containsExactly(0, 1, 2, 1, 2);
    }

    @Test
    void refusalIsNotRepeated() {
        RefusedException refusal = new RefusedException("damaged", "give another");
        assertThatThrownBy(() -> recovery.repeat(STEP, attempt -> {
                    attempts.add(attempt);
                    throw new IllegalStateException("job failed", refusal);
                }))
                .isSameAs(refusal);
        assertThat(attempts).containsExactly(0);
    }

    @Test
    void failureThatWouldComeAgainIsNotRepeated() {
        finalFailure = new ArithmeticException("the loss is not finite");
        assertThatThrownBy(() -> repeat(1)).isSameAs(finalFailure);
        assertThat(attempts).containsExactly(0);
    }

    @Test
    void nothingIsRepeatedWhenSparkIsStopped() {
        executors.stopped = true;
        assertThatThrownBy(() -> repeat(1))
                .isInstanceOf(SparkStoppedException.class)
                .hasMessage("Spark was stopped during step 7")
                .hasCause(failure);
    }

    @Test
    void stopEndsTheAttemptInProgressAndNamesItsStep() {
        executors.late.add("3");
        assertThatThrownBy(() -> recovery.repeat(STEP, attempt -> {
                    recovery.stop();
                    return failing(1, attempt);
                }))
                .isInstanceOf(InterruptedRunException.class)
                .hasMessage("interrupted before step 7");
        assertThat(executors.cancels).isEqualTo(1);
        assertThat(executors.replaced).isEmpty();
        assertThat(attempts).containsExactly(0);
    }

    @Test
    void afterStopNothingBegins() {
        recovery.stop();
        assertThatThrownBy(() -> repeat(0))
                .isInstanceOf(InterruptedRunException.class)
                .hasMessage("interrupted before step 7");
        assertThat(attempts).isEmpty();
    }

    @Test
    void stopEndsTheWaitForSlots() {
        executors.slots = () -> {
            if (clock.seconds() == 5) {
                recovery.stop();
            }
            return PARTITIONS - 1;
        };
        assertThatThrownBy(() -> repeat(1)).isInstanceOf(InterruptedRunException.class);
        assertThat(clock.seconds()).isEqualTo(5);
        assertThat(data.partitions()).isEqualTo(PARTITIONS);
    }

    @Test
    void slotsThatComeBackInTimeAreAwaited() {
        executors.slots = () -> clock.seconds() < 5 ? PARTITIONS - 1 : PARTITIONS;
        assertThat(repeat(1)).isEqualTo(1);
        assertThat(clock.seconds()).isEqualTo(5);
        assertThat(data.partitions()).isEqualTo(PARTITIONS);
    }

    @Test
    void afterSlotsTimeoutTheRunGoesOnWithTheSlotsThereAre() {
        executors.slots = () -> PARTITIONS - 1;
        assertThat(repeat(1)).isEqualTo(1);
        assertThat(clock.seconds()).isEqualTo(SLOTS_TIMEOUT_SECONDS);
        assertThat(data.partitions()).isEqualTo(PARTITIONS - 1);
    }

    @Test
    void withoutAnySlotTheCauseIsThrown() {
        executors.slots = () -> 0;
        assertThatThrownBy(() -> repeat(1)).isSameAs(failure);
        assertThat(attempts).containsExactly(0);
        assertThat(data.partitions()).isEqualTo(PARTITIONS);
    }

    /** The attempt that follows does not count on what the old one held. */
    @Test
    void lateExecutorIsReplacedAndItsLossAwaited() {
        executors.late.add("3");
        executors.lossNoticed = 10;
        assertThat(repeat(1)).isEqualTo(1);
        assertThat(executors.replaced).containsExactly("3");
        assertThat(clock.seconds()).isEqualTo(executors.lossNoticed);
    }

    @Test
    void executorThatCannotBeReplacedIsNotWaitedFor() {
        executors.late.add("3");
        executors.canReplace = false;
        assertThat(repeat(1)).isEqualTo(1);
        assertThat(executors.replaced).isEmpty();
        assertThat(clock.nanos()).isZero();
    }

    @Test
    void whatIsRepeatedIfSlotsAreLostIsNotWhenTheyAreAllThere() {
        assertThatThrownBy(() -> repeatIfLost(1)).isSameAs(failure);
        assertThat(attempts).containsExactly(0);
    }

    @Test
    void whatIsRepeatedIfSlotsAreLostIsWhenOneIsMissing() {
        executors.slots = () -> PARTITIONS - 1;
        assertThat(repeatIfLost(1)).isEqualTo(1);
        assertThat(data.partitions()).isEqualTo(PARTITIONS - 1);
    }

    @Test
    void newSlotsAreUsedUpToTheMost() {
        executors.slots = () -> PARTITIONS + 3;
        recovery.grow(PARTITIONS + 2);
        assertThat(data.partitions()).isEqualTo(PARTITIONS + 2);
    }

    @Test
    void newSlotsThatCannotLoadTheBlasAreLeftAlone() {
        executors.slots = () -> PARTITIONS + 3;
        executors.canLoadBlas = false;
        recovery.grow(PARTITIONS + 3);
        assertThat(data.partitions()).isEqualTo(PARTITIONS);
    }

    @Test
    void partitionsDoNotShrinkWhereTheyMayGrow() {
        executors.slots = () -> PARTITIONS - 1;
        recovery.grow(PARTITIONS);
        assertThat(data.partitions()).isEqualTo(PARTITIONS);
    }
}
