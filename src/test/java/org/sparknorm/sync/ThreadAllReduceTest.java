package org.sparknorm.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Slices on threads of one process get the sums of the tree, and no more of them compute than there are permits. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("unit")
class ThreadAllReduceTest {
    private static final int SUMS = 50;
    /** Looks at a counter that many times while computing, so that a body too many would be seen. */
    private static final int LOOKS = 2_000;

    @RegisterExtension
    final NoSliceThreadLeft threads = new NoSliceThreadLeft();

    static Stream<Arguments> membersAndPermits() {
        return IntStream.rangeClosed(1, 8)
                .boxed()
                .flatMap(members -> Stream.of(Arguments.of(members, 1), Arguments.of(members, 2)));
    }

    @ParameterizedTest
    @MethodSource("membersAndPermits")
    void everySliceGetsTheSumOfTheTree(int members, int permits) throws InterruptedException {
        ThreadAllReduce allSlices = new ThreadAllReduce(members, 0, members, permits, RemoteAllReduce.NONE);
        List<List<double[]>> sums = allSlices.run((slice, allReduce) -> {
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
    void onlyStatisticsCountAsWaitingForOtherProcesses() throws InterruptedException {
        ThreadAllReduce allSlices = new ThreadAllReduce(2, 0, 2, 2, RemoteAllReduce.NONE);
        allSlices.run((slice, allReduce) -> {
            allReduce.sumGradients(gradient(slice), part -> {});
            return slice;
        });
        assertThat(allSlices.remoteNanos()).isZero();
    }

    @Test
    void resultsAreInTheOrderOfTheSlices() throws InterruptedException {
        ThreadAllReduce allSlices = new ThreadAllReduce(10, 4, 5, 2, RemoteAllReduce.NONE);
        assertThat(allSlices.run((slice, allReduce) -> slice)).containsExactly(4, 5, 6, 7, 8);
    }

    @Test
    void theRemoteSumIsGivenTheOwnSlicesAndAddsTheOthers() throws InterruptedException {
        ThreadAllReduce allSlices = new ThreadAllReduce(8, 2, 3, 1, new Others(List.of(0, 1, 5, 6, 7)));
        List<double[]> sums = allSlices.run((slice, allReduce) -> allReduce.sum("sum", values(slice, 0)));
        assertThat(sums).hasSize(3).allSatisfy(sum -> assertThat(sum).isEqualTo(treeSum(8, 0)));
    }

    @Test
    void theRemoteSumIsAskedForOnceByTheCaller() throws InterruptedException {
        List<String> calls = new ArrayList<>();
        Thread caller = Thread.currentThread();
        RemoteAllReduce remote = (name, part) -> {
            assertThat(Thread.currentThread()).isSameAs(caller);
            calls.add(name);
            return part.root();
        };
        new ThreadAllReduce(4, 0, 4, 2, remote).run((slice, allReduce) -> {
            allReduce.sum("first", new double[1]);
            return allReduce.sum("second", new double[1]);
        });
        assertThat(calls).containsExactly("first", "second");
    }

    @Test
    void aSliceAloneRunsOnTheThreadOfTheCaller() throws InterruptedException {
        ThreadAllReduce allSlices = new ThreadAllReduce(1, 0, 1, 1, RemoteAllReduce.NONE);
        List<Thread> threads = allSlices.run((slice, allReduce) -> Thread.currentThread());
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
        ThreadAllReduce allSlices = new ThreadAllReduce(2, 0, 2, 2, RemoteAllReduce.NONE);
        List<Boolean> met = allSlices.run((slice, allReduce) -> {
            bothCompute.countDown();
            return Latches.comes(bothCompute);
        });
        assertThat(met).containsExactly(true, true);
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
}
