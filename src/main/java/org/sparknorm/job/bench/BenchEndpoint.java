package org.sparknorm.job.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.run.ExitCode;
import org.sparknorm.run.SparkStart;
import org.sparknorm.spark.endpoint.EndpointBenchmark;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bench endpoint} measures how many sums per second go through the statistics endpoint, with many participants
 * in one process.
 */
@Command(name = "endpoint", description = "Measures the statistics endpoint with many participants in one process.")
final class BenchEndpoint implements Callable<Integer> {
    private static final double PERCENTILE = 0.99;

    @Option(names = "--participants", defaultValue = "256", description = "Slices (${DEFAULT-VALUE}).")
    private int participants;

    @Option(names = "--channels", defaultValue = "512", description = "Channels of the norm (${DEFAULT-VALUE}).")
    private int channels;

    @Option(names = "--sums", defaultValue = "2000", description = "Sums that are measured (${DEFAULT-VALUE}).")
    private int sums;

    @Override
    public Integer call() {
        try (JavaSparkContext spark = SparkStart.context("sparknorm bench endpoint", 0)) {
            EndpointBenchmark benchmark = new EndpointBenchmark(spark, participants, channels);
            EndpointBenchmark.Result result = benchmark.run(sums / 2, sums);
            double[] seconds = result.seconds();
            Arrays.sort(seconds);
            double total = Arrays.stream(seconds).sum();
            System.out.printf(
                    Locale.ROOT,
                    "%d participants, %d channels: %.0f sums/s, median %.3f ms, 99th percentile %.3f ms%n",
                    participants,
                    channels,
                    sums / total,
                    TimedSteps.millis(seconds[sums / 2]),
                    TimedSteps.millis(seconds[(int) (sums * PERCENTILE)]));
            System.out.printf(
                    "%d of %d answers differ from the sum computed directly%n",
                    result.wrong(), (long) sums * participants);
            return result.wrong() == 0 ? 0 : ExitCode.FAILED;
        }
    }
}
