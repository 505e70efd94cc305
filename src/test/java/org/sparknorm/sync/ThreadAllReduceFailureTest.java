package org.sparknorm.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Slices on threads of one process fail together, whatever fails: nobody waits for ever. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("unit")
class ThreadAllReduceFailureTest {
    @RegisterExtension
    final NoSliceThreadLeft threads = new NoSliceThreadLeft();

    @Test
    void gradientsAreNotTakenForStatistics() {
        ThreadAllReduce allSlices = new ThreadAllReduce(2, 0, 2, 1, RemoteAllReduce.NONE);
        assertThatThrownBy(() -> allSlices.run((slice, allReduce) -> {
                    if (slice == 0) {
                        allReduce.sumGradients(new float[1], part -> {});
                        return null;
                    }
                    return allReduce.sum("of gradients", new double[1]);
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("slices meet in different sums: of gradients and of gradients");
    }

    static Stream<Arguments> throwingSlices() {
        return Stream.of(0, 1, 3)
                .flatMap(slice -> Stream.of(0, 1, 2)
                        .flatMap(sums -> Stream.of(Arguments.of(slice, sums, 1), Arguments.of(slice, sums, 2))));
    }

    @ParameterizedTest
    @MethodSource("throwingSlices")
    void whatOneSliceThrowsIsWhatRunThrows(int throwing, int sumsBefore, int permits) {
        RuntimeException thrown = new IllegalArgumentException("slice " + throwing);
        ThreadAllReduce allSlices = new ThreadAllReduce(4, 0, 4, permits, RemoteAllReduce.NONE);
        assertThatThrownBy(() -> allSlices.run((slice, allReduce) -> {
                    for (int number = 0; number < 3; number++) {
                        if (slice == throwing && number == sumsBefore) {
                            throw thrown;
                        }
                        allReduce.sum("sum " + number, new double[1]);
                    }
                    return slice;
                }))
                .isSameAs(thrown);
    }

    @Test
    void anErrorOfOneSliceIsWhatRunThrows() {
        Error thrown = new StackOverflowError("in slice 2");
        ThreadAllReduce allSlices = new ThreadAllReduce(3, 0, 3, 2, RemoteAllReduce.NONE);
        assertThatThrownBy(() -> allSlices.run((slice, allReduce) -> {
                    if (slice == 2) {
                        throw thrown;
                    }
                    return allReduce.sum("sum", new double[1]);
                }))
                .isSameAs(thrown);
    }

    @Test
    void whatARemoteSumThrowsIsWhatRunThrows() {
        RuntimeException thrown = new IllegalStateException("the others are gone");
        RemoteAllReduce remote = (name, part) -> {
            throw thrown;
        };
        ThreadAllReduce allSlices = new ThreadAllReduce(3, 0, 3, 2, remote);
        assertThatThrownBy(() -> allSlices.run((slice, allReduce) -> allReduce.sum("sum", new double[1])))
                .isSameAs(thrown);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void interruptingTheCallerInARemoteSumStopsAll(int members) throws InterruptedException {
        CountDownLatch waits = new CountDownLatch(1);
        ThreadAllReduce allSlices = new ThreadAllReduce(members, 0, members, 2, new Never(waits));
        Caller caller = new Caller(allSlices, (slice, allReduce) -> allReduce.sum("sum", new double[1]));
        waits.await();
        assertThat(caller.interrupted()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void interruptingTheCallerWhileItWaitsForItsOwnSlicesStopsAll() throws InterruptedException {
        CountDownLatch othersCompute = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        ThreadAllReduce allSlices = new ThreadAllReduce(2, 0, 2, 1, RemoteAllReduce.NONE);
        Caller caller = new Caller(allSlices, (slice, allReduce) -> {
            if (slice == 1) {
                // With one permit this slice computes only once the caller waits in its sum.
                othersCompute.countDown();
                Latches.comes(release);
                ended.set(true);
            }
            return allReduce.sum("sum", new double[1]);
        });
        othersCompute.await();
        caller.thread.interrupt();
        release.countDown();
        assertThat(caller.interrupted()).isInstanceOf(InterruptedException.class);
        assertThat(ended).as("a slice that computes is waited for").isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "0, 2", "1, 1", "1, 2", "3, 1", "3, 2"})
    void aSliceThatSumsLessOftenFailsAll(int different, int permits) {
        assertThatThrownBy(() -> sumUnequally(different, permits, 2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("not every slice takes part in the sum sum 2");
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "0, 2", "1, 1", "1, 2", "3, 1", "3, 2"})
    void aSliceThatSumsMoreOftenFailsAll(int different, int permits) {
        assertThatThrownBy(() -> sumUnequally(different, permits, 4))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("not every slice takes part in the sum sum 3");
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "0, 2", "3, 1", "3, 2"})
    void slicesThatMeetUnderDifferentNamesFail(int different, int permits) {
        ThreadAllReduce allSlices = new ThreadAllReduce(4, 0, 4, permits, RemoteAllReduce.NONE);
        assertThatThrownBy(() -> allSlices.run((slice, allReduce) ->
                        allReduce.sum(slice == different ? "bn2.forward" : "bn1.forward", new double[1])))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("slices meet in different sums")
                .hasMessageContaining("bn1.forward")
                .hasMessageContaining("bn2.forward");
    }

    @Test
    void slicesThatGiveArraysOfDifferentLengthsFail() {
        ThreadAllReduce allSlices = new ThreadAllReduce(4, 0, 4, 2, RemoteAllReduce.NONE);
        assertThatThrownBy(() ->
                        allSlices.run((slice, allReduce) -> allReduce.sum("sum", new double[slice == 2 ? 3 : 2])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("different lengths");
    }

    /** All four slices sum three times, one of them another number of times. */
    private static void sumUnequally(int different, int permits, int sums) throws InterruptedException {
        new ThreadAllReduce(4, 0, 4, permits, RemoteAllReduce.NONE).run((slice, allReduce) -> {
            for (int number = 0; number < (slice == different ? sums : 3); number++) {
                allReduce.sum("sum " + number, new double[1]);
            }
            return slice;
        });
    }

    /** Others that never come. */
    private record Never(CountDownLatch waits) implements RemoteAllReduce {
        @Override
        public double[] sum(String name, TreeSum<double[]> part) throws InterruptedException {
            waits.countDown();
            new CountDownLatch(1).await();
            throw new AssertionError("nobody counts this down");
        }
    }

    /** A thread in {@link ThreadAllReduce#run}, and what it threw. */
    private static final class Caller {
        private final AtomicReference<Throwable> thrown = new AtomicReference<>();
        private final Thread thread;

        Caller(ThreadAllReduce allSlices, ThreadAllReduce.Body<?> body) {
            thread = new Thread(() -> thrown.set(catchThrowable(() -> allSlices.run(body))), "caller");
            thread.start();
        }

        Throwable interrupted() throws InterruptedException {
            thread.interrupt();
            thread.join();
            return thrown.get();
        }
    }
}
