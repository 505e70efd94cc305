package org.sparknorm.job.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.ConfigWords;
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
 * {@code bench network key=value ...} measures how many images per second a network takes through whole steps, on
 * generated images. With {@code --compare-local}, steps with synchronized and with local norm are made in turn.
 */
@Command(
        name = "network",
        description = {
            "Times steps of a network on generated images, for example:",
            "bench network model.name=resnet20 batch-size=128 slices=2 --size 32 --classes 10"
        })
final class BenchNetwork implements Callable<Integer> {
    private static final List<String> LOCAL_NORM = List.of("model.norm-synchronized=false");

    @Parameters(paramLabel = "key=value", description = "Keys of a run: the model, batch-size, slices and so on.")
    private List<String> assignments = new ArrayList<>();

    @Mixin
    private BenchOptions options;

    @Option(names = "--compare-local", description = "Also time local norm, step by step in turn.")
    private boolean compareLocal;

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        RunPlan plan = options.plan(assignments, hadoop);
        try (JavaSparkContext spark = SparkStart.context("sparknorm bench network", plan.weightBytes())) {
            ClusterResources resources = SparkStart.resources(spark, plan.config(), null);
            RunPlan localPlan = compareLocal ? options.plan(BenchOptions.with(assignments, LOCAL_NORM), hadoop) : null;
            try (TimedSteps asGiven = new TimedSteps(plan, spark, resources);
                    TimedSteps local = compareLocal ? new TimedSteps(localPlan, spark, resources) : null) {
                time(asGiven, local);
                print(plan.config(), seconds(asGiven));
                if (local != null) {
                    printRatio(seconds(asGiven), seconds(local));
                }
            }
        }
        return 0;
    }

    /** Makes the steps of both in turn. */
    private void time(TimedSteps asGiven, TimedSteps local) {
        for (int step = 0; step < options.warmup() + options.steps(); step++) {
            asGiven.step();
            if (local != null) {
                local.step();
            }
        }
    }

    private double[] seconds(TimedSteps timed) {
        return timed.measured(options.warmup()).stream()
                .mapToDouble(TrainingListener.Step::seconds)
                .toArray();
    }

    private void print(RunConfig config, double[] seconds) {
        double median = TimedSteps.median(seconds);
        System.out.printf(
                Locale.ROOT,
                "%s, batch %d of %d x %d x %d: median of %d steps after %d: %.2f ms, %.1f images/s%n",
                ConfigWords.word(config.model().name()),
                config.batchSize(),
                options.shape().dimension(0),
                options.shape().dimension(1),
                options.shape().last(),
                options.steps(),
                options.warmup(),
                TimedSteps.millis(median),
                config.batchSize() / median);
    }

    private static void printRatio(double[] given, double[] local) {
        double[] ratios = new double[given.length];
        Arrays.setAll(ratios, i -> given[i] / local[i]);
        System.out.printf(
                Locale.ROOT,
                "local norm: %.2f ms; median of the ratios to it, step by step: %.4f%n",
                TimedSteps.millis(TimedSteps.median(local)),
                TimedSteps.median(ratios));
    }
}
