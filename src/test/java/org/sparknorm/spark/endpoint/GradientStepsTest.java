package org.sparknorm.spark.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.RpcAddress;
import org.apache.spark.rpc.RpcCallContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.sync.TreeSum;
import org.sparknorm.testing.LocalSpark;
import org.sparknorm.train.GradientSums;
import org.sparknorm.train.StepResult;

/**
 * Between two steps the driver sums the gradients and updates its weights, once; who is answered when depends on who
 * updates.
 */
class GradientStepsTest {
    @RegisterExtension
    static final LocalSpark SPARK = new LocalSpark(1);

    private static final Attempt ATTEMPT = new Attempt(7, 0);

    private final List<float[]> updates = new ArrayList<>();
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private DriverEndpoint endpoint;

    @BeforeEach
    void begin() {
        begin(result -> updates.add(result.gradient().clone()));
    }

    private void begin(Consumer<StepResult> made) {
        endpoint = new DriverEndpoint(SparkEnv.get().rpcEnv(), Duration.ofMinutes(1));
        endpoint.onStart();
        endpoint.begin(new StepsJob(ATTEMPT, new float[2], made, () -> cancelled.set(true)));
    }

    @AfterEach
    void stop() {
        endpoint.onStop();
    }

    @Test
    void tasksThatReadTheDriversWeightsAreAnsweredAfterTheUpdate() throws Exception {
        CompletableFuture<Object> first = send(gradient(0, false));
        assertThat(first).isNotDone();
        assertThat(updates).isEmpty();
        CompletableFuture<Object> second = send(gradient(1, false));
        assertThat(updates).singleElement().isEqualTo(new float[] {1, 20});
        assertThat(first.get()).isEqualTo(true);
        assertThat(second.get()).isEqualTo(true);
    }

    @Test
    void tasksThatUpdateWeightsOfTheirOwnGetTheSum() throws Exception {
        CompletableFuture<Object> first = send(gradient(1, true));
        CompletableFuture<Object> second = send(gradient(0, true));
        byte[] sum = ArrayKind.FLOATS.toBytes(new float[] {1, 20});
        assertThat(first.get()).isEqualTo(sum);
        assertThat(second.get()).isEqualTo(sum);
        assertThat(updates).hasSize(1);
    }

    @Test
    void anUpdateThatFailsCancelsTheJobAndAnswersNobodyBeforeItsEnd() {
        RuntimeException failure = new IllegalStateException("diverged");
        endpoint.onStop();
        begin(result -> {
            throw failure;
        });
        CompletableFuture<Object> first = send(gradient(0, false));
        CompletableFuture<Object> second = send(gradient(1, false));
        CompletableFuture<Object> next = send(new TaskMessage.StatisticsRequest(
                ATTEMPT, "bn1.forward", new TreeSum<>(ArrayKind.DOUBLES, 1).add(0, new double[1])));
        assertThat(cancelled).isTrue();
        assertThat(endpoint.finalFailure()).isSameAs(failure);
        assertThat(List.of(first, second, next)).noneMatch(CompletableFuture::isDone);
        endpoint.end();
        assertThat(List.of(first, second, next)).allSatisfy(answer -> assertFails(answer, "the step was given up"));
    }

    @Test
    void aFailureNamesTheStepInProgress() {
        assertThat(send(gradient(0, true))).isNotDone();
        assertThat(send(gradient(1, true))).isDone();
        CompletableFuture<Object> waiting = send(gradient(1, true));
        endpoint.end();
        assertFails(waiting, "step 8, sum gradient: slices [0] have not come; the step was given up");
    }

    @Test
    void gradientsOfASliceThatComeTwiceFailAllWhoWait() {
        CompletableFuture<Object> first = send(gradient(0, false));
        CompletableFuture<Object> second = send(gradient(0, false));
        assertFails(first, "sum gradient: slices [0] give twice to one sum");
        assertFails(second, "sum gradient: slices [0] give twice to one sum");
    }

    private static TaskMessage gradient(int slice, boolean wantsSum) {
        float[] values = slice == 0 ? new float[] {1, 0} : new float[] {0, 20};
        return new TaskMessage.GradientRequest(ATTEMPT, GradientSums.ofSlice(2, slice, values), wantsSum);
    }

    private CompletableFuture<Object> send(TaskMessage message) {
        Call call = new Call(new RpcAddress("executor", 1), new CompletableFuture<>());
        endpoint.receiveAndReply(call).apply(message);
        return call.answer();
    }

    private static void assertFails(CompletableFuture<Object> answer, String message) {
        assertThatThrownBy(() -> answer.get(0, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .hasMessageContaining(message);
    }

    private record Call(RpcAddress senderAddress, CompletableFuture<Object> answer) implements RpcCallContext {
        @Override
        public void reply(Object response) {
            answer.complete(response);
        }

        @Override
        public void sendFailure(Throwable failure) {
            answer.completeExceptionally(failure);
        }
    }
}
