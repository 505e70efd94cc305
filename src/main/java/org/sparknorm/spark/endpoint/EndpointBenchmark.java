package org.sparknorm.spark.endpoint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.rpc.RpcTimeout;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.sync.TreeSum;
import org.sparknorm.tensor.RandomSource;
import scala.concurrent.duration.FiniteDuration;
import scala.jdk.javaapi.FutureConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** Many participants at the statistics endpoint of this process, each with one slice, sum after sum. */
public final class EndpointBenchmark {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final ClassTag<double[]> DOUBLES = ClassTag$.MODULE$.apply(double[].class);

    private final RpcEnv environment;
    private final int participants;
    private final int channels;

    public EndpointBenchmark(JavaSparkContext spark, int participants, int channels) {
        this.environment = spark.sc().env().rpcEnv();
        this.participants = participants;
        this.channels = channels;
    }

    /**
     * What came of it.
     *
     * @param seconds of each sum, from the first ask to the last answer
     * @param wrong how many answers differed in a bit from a {@link TreeSum} computed directly
     */
    public record Result(double[] seconds, long wrong) {}

    public Result run(int warmup, int sums) {
        StatisticsEndpoint endpoint = new StatisticsEndpoint(environment, TIMEOUT);
        RpcEndpointRef reference = environment.setupEndpoint("sparknorm-bench", endpoint);
        try {
            double[] seconds = new double[sums];
            long wrong = 0;
            for (int sum = -warmup; sum < sums; sum++) {
                StatisticsRequest.Try attempt = new StatisticsRequest.Try(sum, 0);
                endpoint.begin(new StatisticsEndpoint.Job(attempt, new float[0], result -> {}, () -> {}));
                List<StatisticsRequest> asks = asks(attempt);
                double[] expected = expected();
                long started = System.nanoTime();
                List<CompletableFuture<double[]>> answers = askAll(reference, asks);
                CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                        .join();
                if (sum >= 0) {
                    seconds[sum] = (System.nanoTime() - started) / 1e9;
                }
                wrong += answers.stream()
                        .filter(answer -> !Arrays.equals(answer.join(), expected))
                        .count();
            }
            return new Result(seconds, wrong);
        } finally {
            environment.stop(reference);
        }
    }

    private List<StatisticsRequest> asks(StatisticsRequest.Try attempt) {
        List<StatisticsRequest> asks = new ArrayList<>();
        for (int participant = 0; participant < participants; participant++) {
            TreeSum<double[]> part =
                    new TreeSum<>(ArrayKind.DOUBLES, participants).add(participant, values(participant));
            asks.add(new StatisticsRequest(attempt, "bench", part));
        }
        return asks;
    }

    private double[] expected() {
        TreeSum<double[]> direct = new TreeSum<>(ArrayKind.DOUBLES, participants);
        for (int participant = 0; participant < participants; participant++) {
            direct.add(participant, values(participant));
        }
        return direct.root();
    }

    /** Count, Σx and Σx² of as many channels. */
    private double[] values(int participant) {
        RandomSource random = RandomSource.of(1, "bench").at(participant);
        double[] values = new double[1 + 2 * channels];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.uniform(i);
        }
        return values;
    }

    private static List<CompletableFuture<double[]>> askAll(RpcEndpointRef reference, List<StatisticsRequest> asks) {
        RpcTimeout timeout = new RpcTimeout(FiniteDuration.fromNanos(TIMEOUT.toNanos()), "bench");
        List<CompletableFuture<double[]>> answers = new ArrayList<>(asks.size());
        for (StatisticsRequest ask : asks) {
            answers.add(FutureConverters.asJava(reference.ask(ask, timeout, DOUBLES))
                    .toCompletableFuture());
        }
        return answers;
    }
}
