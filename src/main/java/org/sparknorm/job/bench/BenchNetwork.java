package org.sparknorm.job.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.RunConfig;
import org.sparknorm.run.RunPlan;
import org.sparknorm.run.SparkStart;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.train.TrainingListener;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code bench network key=value ...}: images a second of a network through whole steps, on generated images. With {@code
 * --compare-local}, steps with synchronized and with local norm in turn.
 */
@Command(
        name = "network",
        description = {
            "Times steps of a network on generated images, for example:",
            "bench network model.name=resnet20 batch-size=128 slices=2 --size 32 --classes 10"
        })
final class BenchNetwork implements Callable<Integer> {
    private static final double MILLIS_A_SECOND = 1e3;

    @Parameters(paramLabel = "key=value", description = "Keys of a run: the model, batch-size, slices and so on.")
    private List<String> assignments = new ArrayList<>();

    @Mixin
    private BenchOptions timedRun;

    @Option(names = "--compare-local", description = "Local norm beside it, step by step in turn.")
    private boolean compareLocal;

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        RunPlan prepared = timedRun.prepare(assignments, hadoop);
        try (JavaSparkContext spark = SparkStart.context("sparknorm bench network", prepared.weightBytes())) {
            ClusterResources placement = ClusterResources.of(spark, prepared.config(), null);
            placement.print(prepared.config());
            TimedSteps asGiven = new TimedSteps(prepared, spark, placement);
            TimedSteps local =
                    compareLocal ? new TimedSteps(timedRun.prepare(withLocalNorm(), hadoop), spark, placement) : null;
            for (int step = 0; step < timedRun.warmup() + timedRun.steps(); step++) {
                asGiven.step();
                if (local != null) {
                    local.step();
                }
            }
            print(prepared.config(), seconds(asGiven));
            if (local != null) {
                printRatio(seconds(asGiven), seconds(local));
            }
        }
        return 0;
    }

    private List<String> withLocalNorm() {
        List<String> all = new ArrayList<>(assignments);
        all.add("model.norm-synchronized=false");
        return all;
    }

    private double[] seconds(TimedSteps timed) {
        return timed.measured(timedRun.warmup()).stream()
                .mapToDouble(TrainingListener.Step::seconds)
                .toArray();
    }

    private void print(RunConfig config, double[] seconds) {
        double median = TimedSteps.median(seconds);
        System.out.printf(
                Locale.ROOT,
                "%s, batch %d of %d x %d x %d: median of %d steps after %d: %.2f ms, %.1f images/s%n",
                config.model().name().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                config.batchSize(),
                timedRun.shape().dimension(0),
                timedRun.shape().dimension(1),
                timedRun.shape().last(),
                timedRun.steps(),
                timedRun.warmup(),
                MILLIS_A_SECOND * median,
                config.batchSize() / median);
    }

    private static void printRatio(double[] given, double[] local) {
        double[] ratios = new double[given.length];
        Arrays.setAll(ratios, i -> given[i] / local[i]);
        System.out.printf(
                Locale.ROOT,
                "local norm: %.2f ms; median of the ratios to it, step by step: %.4f%n",
                MILLIS_A_SECOND * TimedSteps.median(local),
                TimedSteps.median(ratios));
    }
}
