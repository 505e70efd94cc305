package org.sparknorm.spark.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkException;
import org.apache.spark.rpc.RpcAddress;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcTimeout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.sync.TreeSum;
import org.sparknorm.testing.LocalSpark;
import scala.concurrent.duration.FiniteDuration;
import scala.jdk.javaapi.FutureConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** The endpoint answers when all slices are in, and fails all who wait when that cannot happen. */
@Timeout(60)
class DriverEndpointTest {
    @RegisterExtension
    static final LocalSpark SPARK = new LocalSpark(2);

    private static final int SLICES = 4;
    private static final Attempt FIRST = new Attempt(7, 0);
    private static final Attempt SECOND = new Attempt(7, 1);
    private static final ClassTag<double[]> DOUBLES = ClassTag$.MODULE$.apply(double[].class);

    private static final float[] WEIGHTS = {1, 2};

    private DriverEndpoint endpoint;
    private RpcEndpointRef reference;

    @BeforeEach
    void start() {
        start(Duration.ofMinutes(1));
    }

    private void start(Duration timeout) {
        endpoint = new DriverEndpoint(SparkEnv.get().rpcEnv(), timeout);
        reference = SparkEnv.get().rpcEnv().setupEndpoint("test", endpoint);
        endpoint.begin(job(FIRST));
    }

    private static StepsJob job(Attempt attempt) {
        return new StepsJob(attempt, WEIGHTS, result -> {}, () -> {});
    }

    @AfterEach
    void stop() {
        SparkEnv.get().rpcEnv().stop(reference);
    }

    @Test
    void allGetTheSumWhenTheLastSliceIsIn() throws Exception {
        CompletableFuture<double[]> one = ask(FIRST, "bn1.forward", 2, 3);
        CompletableFuture<double[]> two = ask(FIRST, "bn1.forward", 0);
        assertThat(one).isNotDone();
        CompletableFuture<double[]> three = ask(FIRST, "bn1.forward", 1);
        for (CompletableFuture<double[]> answer : List.of(one, two, three)) {
            assertThat(answer.get()).containsExactly(0 + 1 + 2 + 3);
        }
    }

    @Test
    void sumsOfDifferentNamesDoNotMeet() throws Exception {
        CompletableFuture<double[]> forward = ask(FIRST, "bn1.forward", 0, 1);
        CompletableFuture<double[]> backward = ask(FIRST, "bn1.backward", 2, 3);
        assertThat(forward).isNotDone();
        CompletableFuture<double[]> last = ask(FIRST, "bn1.backward", 0, 1);
        assertThat(last.get()).containsExactly(6);
        assertThat(backward.get()).containsExactly(6);
    }

    @Test
    void askOfAnotherAttemptIsRefused() {
        assertFails(ask(SECOND, "bn1.forward", 0), "is not of the attempt in progress");
    }

    @Test
    void nextAttemptFailsThoseWhoWaitFromTheLast() throws Exception {
        CompletableFuture<double[]> waiting = ask(FIRST, "bn1.forward", 0, 1);
        awaitArrival("bn1.forward");
        endpoint.begin(job(SECOND));
        assertFails(waiting, "step 7, sum bn1.forward: slices [2, 3] have not come; another attempt has begun");
    }

    @Test
    void sliceThatComesTwiceFailsTheSumByName() {
        CompletableFuture<double[]> waiting = ask(FIRST, "bn1.forward", 0, 1);
        assertFails(ask(FIRST, "bn1.forward", 1), "slices [1] give twice to one sum");
        assertFails(waiting, "slices [1] give twice to one sum");
    }

    @Test
    void timeoutFailsThoseWhoWaitAndNamesTheMissingSlices() {
        stop();
        start(Duration.ofMillis(200));
        assertFails(ask(FIRST, "bn3.backward", 0, 3), "step 7, sum bn3.backward: slices [1, 2] have not come");
    }

    @Test
    void participantThatDisconnectsFailsThoseWhoWait() throws Exception {
        CompletableFuture<double[]> waiting = ask(FIRST, "bn1.forward", 0, 1);
        awaitArrival("bn1.forward");
        endpoint.onDisconnected(SparkEnv.get().rpcEnv().address());
        assertFails(waiting, "is gone");
    }

    @Test
    void strangerThatDisconnectsIsNothing() throws Exception {
        CompletableFuture<double[]> waiting = ask(FIRST, "bn1.forward", 0, 1);
        awaitArrival("bn1.forward");
        endpoint.onDisconnected(new RpcAddress("elsewhere", 1));
        CompletableFuture<double[]> last = ask(FIRST, "bn1.forward", 2, 3);
        assertThat(last.get()).containsExactly(6);
        assertThat(waiting.get()).containsExactly(6);
    }

    @Test
    void failuresAreOfSparksClassesWhichExecutorsKnow() {
        CompletableFuture<double[]> refused = ask(SECOND, "bn1.forward", 0);
        assertThatThrownBy(refused::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isExactlyInstanceOf(SparkException.class)
                .hasNoCause();
    }

    @Test
    void weightsOfTheAttemptAreHandedOut() throws Exception {
        EndpointAllReduce exchange = new EndpointAllReduce(EndpointClient.rpc(reference), Duration.ofMinutes(1), FIRST);
        assertThat(exchange.beginWithDriversWeights()).isSameAs(WEIGHTS);
    }

    @Test
    void withinTheDriverTheEndpointIsAMethodCallAway() throws Exception {
        EndpointClient direct = new EndpointAddress("by name", endpoint).open();
        EndpointAllReduce exchange = new EndpointAllReduce(direct, Duration.ofMinutes(1), FIRST);
        assertThat(exchange.beginWithDriversWeights()).isSameAs(WEIGHTS);
        CompletableFuture<double[]> remote = ask(FIRST, "bn1.forward", 0, 1, 2);
        TreeSum<double[]> last = new TreeSum<>(ArrayKind.DOUBLES, 4).add(3, new double[] {3});
        assertThat(exchange.sum("bn1.forward", last)).containsExactly(remote.get());
    }

    @Test
    void failuresReachThoseWithinTheDriverToo() {
        EndpointClient direct = new EndpointAddress("by name", endpoint).open();
        EndpointAllReduce exchange = new EndpointAllReduce(direct, Duration.ofMinutes(1), SECOND);
        assertThatThrownBy(exchange::beginWithDriversWeights)
                .isExactlyInstanceOf(SparkException.class)
                .hasMessageContaining("is not of the attempt in progress");
    }

    @Test
    void weightsOfAnotherAttemptAreRefused() {
        EndpointAllReduce exchange =
                new EndpointAllReduce(EndpointClient.rpc(reference), Duration.ofMinutes(1), SECOND);
        assertThatThrownBy(exchange::beginWithDriversWeights)
                .rootCause()
                .hasMessageContaining("is not of the attempt in progress");
    }

    @Test
    void manyParticipantsGetTheSumOfTheFixedTree() {
        EndpointBenchmark.Result result = new EndpointBenchmark(SPARK.context(), 64, 32).run(0, 20);
        assertThat(result.wrong()).isZero();
    }

    /** Messages are taken in order: when an answer to a later one is there, the earlier have been taken. */
    private void awaitArrival(String unusedName) throws Exception {
        CompletableFuture<double[]> probe = ask(FIRST, "probe after " + unusedName, 0, 1, 2, 3);
        probe.get(30, TimeUnit.SECONDS);
    }

    /** Each slice gives its own number. */
    private CompletableFuture<double[]> ask(Attempt attempt, String name, int... slices) {
        TreeSum<double[]> part = new TreeSum<>(ArrayKind.DOUBLES, SLICES);
        for (int slice : slices) {
            part.add(slice, new double[] {slice});
        }
        RpcTimeout timeout = new RpcTimeout(FiniteDuration.fromNanos(60_000_000_000L), "test");
        return FutureConverters.asJava(
                        reference.ask(new TaskMessage.StatisticsRequest(attempt, name, part), timeout, DOUBLES))
                .toCompletableFuture();
    }

    private static void assertFails(CompletableFuture<double[]> answer, String message) {
        assertThatThrownBy(() -> answer.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .hasMessageContaining(message);
    }
}
