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
import org.sparknorm.train.StepTimes;
import scala.concurrent.duration.FiniteDuration;
import scala.jdk.javaapi.FutureConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** Has many participants, each with one slice, make sum after sum at a {@link DriverEndpoint} of this process. */
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
     * The times of the sums, and whether they were right.
     *
     * @param seconds of each sum, from the first request to the last answer
     * @param wrong how many answers differed in a bit from a {@link TreeSum} computed directly
     */
    public record Result(double[] seconds, long wrong) {}

    public Result run(int warmup, int sums) {
        DriverEndpoint endpoint = new DriverEndpoint(environment, TIMEOUT);
        RpcEndpointRef reference = environment.setupEndpoint("sparknorm-bench", endpoint);
        try {
            double[] seconds = new double[sums];
            long wrong = 0;
            for (int sum = -warmup; sum < sums; sum++) {
                Attempt attempt = new Attempt(sum, 0);
                endpoint.begin(new StepsJob(attempt, new float[0], result -> {}, () -> {}));
                List<TaskMessage.StatisticsRequest> requests = requests(attempt);
                double[] expected = expected();
                long started = System.nanoTime();
                List<CompletableFuture<double[]>> answers = askAll(reference, requests);
                CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                        .join();
                if (sum >= 0) {
                    seconds[sum] = StepTimes.seconds(System.nanoTime() - started);
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

    private List<TaskMessage.StatisticsRequest> requests(Attempt attempt) {
        List<TaskMessage.StatisticsRequest> requests = new ArrayList<>();
        for (int participant = 0; participant < participants; participant++) {
            TreeSum<double[]> part =
                    new TreeSum<>(ArrayKind.DOUBLES, participants).add(participant, values(participant));
            requests.add(new TaskMessage.StatisticsRequest(attempt, "bench", part));
        }
        return requests;
    }

    private double[] expected() {
        TreeSum<double[]> direct = new TreeSum<>(ArrayKind.DOUBLES, participants);
        for (int participant = 0; participant < participants; participant++) {
            direct.add(participant, values(participant));
        }
        return direct.root();
    }

    /** The count, and Σx and Σx² for each channel. */
    private double[] values(int participant) {
        RandomSource random = RandomSource.of(1, "bench").at(participant);
        double[] values = new double[1 + 2 * channels];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.uniform(i);
        }
        return values;
    }

    private static List<CompletableFuture<double[]>> askAll(
            RpcEndpointRef reference, List<TaskMessage.StatisticsRequest> requests) {
        RpcTimeout timeout = new RpcTimeout(FiniteDuration.fromNanos(TIMEOUT.toNanos()), "bench");
        List<CompletableFuture<double[]>> answers = new ArrayList<>(requests.size());
        for (TaskMessage.StatisticsRequest request : requests) {
            answers.add(FutureConverters.asJava(reference.ask(request, timeout, DOUBLES))
                    .toCompletableFuture());
        }
        return answers;
    }
}
