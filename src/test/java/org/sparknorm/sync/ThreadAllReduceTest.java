package org.sparknorm.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Slices that meet on threads of one process: their sums, their permits, and that nobody waits for ever. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("unit")
class ThreadAllReduceTest {
    private static final int SUMS = 50;
    private static final String THREAD_NAME = "sparknorm-slice-";
    /** Looks at a counter that many times while computing, so that a body too many would be seen. */
    private static final int LOOKS = 2_000;

    private final Set<Thread> threadsBefore = Thread.getAllStackTraces().keySet();

    @AfterEach
    void noThreadIsLeft() {
        Set<Thread> left = new HashSet<>(Thread.getAllStackTraces().keySet());
        left.removeAll(threadsBefore);
        assertThat(left).extracting(Thread::getName).noneMatch(name -> name.startsWith(THREAD_NAME));
    }

    static Stream<Arguments> membersAndPermits() {
        return IntStream.rangeClosed(1, 8)
                .boxed()
                .flatMap(members -> Stream.of(Arguments.of(members, 1), Arguments.of(members, 2)));
    }

    @ParameterizedTest
    @MethodSource("membersAndPermits")
    void everySliceGetsTheSumOfTheTree(int members, int permits) throws InterruptedException {
        ThreadAllReduce meeting = new ThreadAllReduce(members, 0, members, permits, RemoteAllReduce.NONE);
        List<List<double[]>> sums = meeting.run((slice, allReduce) -> {
            List<double[]> own = new ArrayList<>();
            for (int number = 0; number < SUMS; number++) {
                own.add(allReduce.sum("sum " + number, values(slice, number)));
            }
            return own;
        });
        assertThat(sums).hasSize(members);
        for (int number = 0; number < SUMS; number++) {
            double[] expected = treeSum(members, number);
            for (List<double[]> own : sums) {
                assertThat(own.get(number)).isEqualTo(expected);
            }
        }
    }

    @Test
    void gradientsAreSummedInTheTreeAndTheActionRunsOnceOnTheThreadOfTheCaller() throws InterruptedException {
        TreeSum<float[]> expected = new TreeSum<>(ArrayKind.FLOATS, 3);
        for (int slice = 0; slice < 3; slice++) {
            expected.add(slice, gradient(slice));
        }
        List<float[]> sums = new ArrayList<>();
        Thread caller = Thread.currentThread();
        new ThreadAllReduce(3, 0, 3, 2, RemoteAllReduce.NONE).run((slice, allReduce) -> {
            allReduce.sumGradients(gradient(slice), part -> {
                assertThat(Thread.currentThread()).isSameAs(caller);
                sums.add(part.root());
            });
            return slice;
        });
        assertThat(sums).singleElement().isEqualTo(expected.root());
    }

    private static float[] gradient(int slice) {
        return new float[] {0.1f * slice, 1e8f / (slice + 1)};
    }

    @Test
    void gradientsAreNotTakenForStatistics() {
        ThreadAllReduce meeting = new ThreadAllReduce(2, 0, 2, 1, RemoteAllReduce.NONE);
        assertThatThrownBy(() -> meeting.run((slice, allReduce) -> {
                    if (slice == 0) {
                        allReduce.sumGradients(gradient(slice), part -> {});
                        return null;
                    }
                    return allReduce.sum("of gradients", new double[1]);
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("slices meet in different sums: of gradients and of gradients");
    }

    @Test
    void onlyStatisticsCountAsWaitingForOtherProcesses() throws InterruptedException {
        ThreadAllReduce meeting = new ThreadAllReduce(2, 0, 2, 2, RemoteAllReduce.NONE);
        meeting.run((slice, allReduce) -> {
            allReduce.sumGradients(gradient(slice), part -> {});
            return slice;
        });
        assertThat(meeting.remoteNanos()).isZero();
    }

    @Test
    void resultsAreInTheOrderOfTheSlices() throws InterruptedException {
        ThreadAllReduce meeting = new ThreadAllReduce(10, 4, 5, 2, RemoteAllReduce.NONE);
        assertThat(meeting.run((slice, allReduce) -> slice)).containsExactly(4, 5, 6, 7, 8);
    }

    @Test
    void theExchangeIsGivenTheOwnSlicesAndAddsTheOthers() throws InterruptedException {
        ThreadAllReduce meeting = new ThreadAllReduce(8, 2, 3, 1, new Others(List.of(0, 1, 5, 6, 7)));
        List<double[]> sums = meeting.run((slice, allReduce) -> allReduce.sum("sum", values(slice, 0)));
        assertThat(sums).hasSize(3).allSatisfy(sum -> assertThat(sum).isEqualTo(treeSum(8, 0)));
    }

    @Test
    void theExchangeIsCalledByTheCallerOnceASum() throws InterruptedException {
        List<String> calls = new ArrayList<>();
        Thread caller = Thread.currentThread();
        RemoteAllReduce exchange = (name, part) -> {
            assertThat(Thread.currentThread()).isSameAs(caller);
            calls.add(name);
            return part.root();
        };
        new ThreadAllReduce(4, 0, 4, 2, exchange).run((slice, allReduce) -> {
            allReduce.sum("first", new double[1]);
            return allReduce.sum("second", new double[1]);
        });
        assertThat(calls).containsExactly("first", "second");
    }

    @Test
    void aSliceAloneRunsOnTheThreadOfTheCaller() throws InterruptedException {
        ThreadAllReduce meeting = new ThreadAllReduce(1, 0, 1, 1, RemoteAllReduce.NONE);
        List<Thread> threads = meeting.run((slice, allReduce) -> Thread.currentThread());
        assertThat(threads).containsExactly(Thread.currentThread());
    }

    @ParameterizedTest
    @CsvSource({"8, 1", "8, 2", "3, 2", "4, 3"})
    void noMoreSlicesComputeAtOnceThanThereArePermits(int members, int permits) throws InterruptedException {
        AtomicInteger computing = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        new ThreadAllReduce(members, 0, members, permits, RemoteAllReduce.NONE).run((slice, allReduce) -> {
            for (int number = 0; number < SUMS; number++) {
                int now = computing.incrementAndGet();
                for (int look = 0; look < LOOKS; look++) {
                    now = Math.max(now, computing.get());
                }
                most.accumulateAndGet(now, Math::max);
                computing.decrementAndGet();
                allReduce.sum("sum " + number, new double[1]);
            }
            return slice;
        });
        assertThat(most.get()).isBetween(1, permits);
    }

    @Test
    void asManySlicesComputeAtOnceAsThereArePermits() throws InterruptedException {
        CountDownLatch bothCompute = new CountDownLatch(2);
        ThreadAllReduce meeting = new ThreadAllReduce(2, 0, 2, 2, RemoteAllReduce.NONE);
        List<Boolean> met = meeting.run((slice, allReduce) -> {
            bothCompute.countDown();
            return comes(bothCompute);
        });
        assertThat(met).containsExactly(true, true);
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
        ThreadAllReduce meeting = new ThreadAllReduce(4, 0, 4, permits, RemoteAllReduce.NONE);
        assertThatThrownBy(() -> meeting.run((slice, allReduce) -> {
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
        ThreadAllReduce meeting = new ThreadAllReduce(3, 0, 3, 2, RemoteAllReduce.NONE);
        assertThatThrownBy(() -> meeting.run((slice, allReduce) -> {
                    if (slice == 2) {
                        throw thrown;
                    }
                    return allReduce.sum("sum", new double[1]);
                }))
                .isSameAs(thrown);
    }

    @Test
    void whatTheExchangeThrowsIsWhatRunThrows() {
        RuntimeException thrown = new IllegalStateException("the others are gone");
        RemoteAllReduce exchange = (name, part) -> {
            throw thrown;
        };
        ThreadAllReduce meeting = new ThreadAllReduce(3, 0, 3, 2, exchange);
        assertThatThrownBy(() -> meeting.run((slice, allReduce) -> allReduce.sum("sum", new double[1])))
                .isSameAs(thrown);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void interruptingTheCallerInTheExchangeStopsAll(int members) throws InterruptedException {
        CountDownLatch waits = new CountDownLatch(1);
        ThreadAllReduce meeting = new ThreadAllReduce(members, 0, members, 2, new Never(waits));
        Caller caller = new Caller(meeting, (slice, allReduce) -> allReduce.sum("sum", new double[1]));
        waits.await();
        assertThat(caller.interrupted()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void interruptingTheCallerWhileItWaitsForItsOwnSlicesStopsAll() throws InterruptedException {
        CountDownLatch othersCompute = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        ThreadAllReduce meeting = new ThreadAllReduce(2, 0, 2, 1, RemoteAllReduce.NONE);
        Caller caller = new Caller(meeting, (slice, allReduce) -> {
            if (slice == 1) {
                // With one permit this slice computes only once the caller waits in its sum.
                othersCompute.countDown();
                comes(release);
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
        ThreadAllReduce meeting = new ThreadAllReduce(4, 0, 4, permits, RemoteAllReduce.NONE);
        assertThatThrownBy(() -> meeting.run((slice, allReduce) ->
                        allReduce.sum(slice == different ? "bn2.forward" : "bn1.forward", new double[1])))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("slices meet in different sums")
                .hasMessageContaining("bn1.forward")
                .hasMessageContaining("bn2.forward");
    }

    @Test
    void slicesThatGiveArraysOfDifferentLengthsFail() {
        ThreadAllReduce meeting = new ThreadAllReduce(4, 0, 4, 2, RemoteAllReduce.NONE);
        assertThatThrownBy(() ->
                        meeting.run((slice, allReduce) -> allReduce.sum("sum", new double[slice == 2 ? 3 : 2])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("different lengths");
    }

    @Test
    void everySliceHasAThreadOfItsOwn() throws InterruptedException {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        new ThreadAllReduce(5, 0, 5, 1, RemoteAllReduce.NONE).run((slice, allReduce) -> {
            threads.add(Thread.currentThread());
            return allReduce.sum("sum", new double[1]);
        });
        assertThat(threads).hasSize(5);
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

    private static double[] values(int slice, int number) {
        return new double[] {Math.sin(slice * 31.0 + number), 1e12 / (slice + 1 + number), slice};
    }

    private static double[] treeSum(int slices, int number) {
        TreeSum<double[]> sum = new TreeSum<>(ArrayKind.DOUBLES, slices);
        for (int slice = 0; slice < slices; slice++) {
            sum.add(slice, values(slice, number));
        }
        return sum.root();
    }

    /** Waits as computing does: an interrupt does not end it. */
    private static boolean comes(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                boolean came = latch.await(10, TimeUnit.SECONDS);
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                return came;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    /** Adds the values of slices that are elsewhere. */
    private record Others(List<Integer> slices) implements RemoteAllReduce {
        @Override
        public double[] sum(String name, TreeSum<double[]> part) {
            assertThat(part.missing()).isEqualTo(slices);
            for (int slice : slices) {
                part.add(slice, values(slice, 0));
            }
            return part.root();
        }
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

        Caller(ThreadAllReduce meeting, ThreadAllReduce.Body<?> body) {
            thread = new Thread(() -> thrown.set(catchThrowable(() -> meeting.run(body))), "caller");
            thread.start();
        }

        Throwable interrupted() throws InterruptedException {
            thread.interrupt();
            thread.join();
            return thrown.get();
        }
    }
}
