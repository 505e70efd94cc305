package org.sparknorm.job.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.ConfigSource;
import org.sparknorm.config.RunConfig;
import org.sparknorm.run.ConfArgument;
import org.sparknorm.run.RunPlan;
import org.sparknorm.run.SparkStart;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.train.StepTimes;
import org.sparknorm.train.TrainingListener;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code bench step [CONF] [key=value ...]} measures what a step costs beyond an empty Spark job: without norm, with
 * local norm and with synchronized norm. The four are timed in turn.
 */
@Command(
        name = "step",
        description = {
            "Times, in turn, an empty job with a barrier stage and treeAggregate, and steps without norm, with local",
            "and with synchronized norm. Without CONF: mnist-bn.conf with slices=2."
        })
final class BenchStep implements Callable<Integer> {
    private static final String DEFAULT_CONFIGURATION = "mnist-bn.conf";

    @Parameters(paramLabel = "[CONF] key=value", description = "Configuration file, and keys that replace its own.")
    private List<String> arguments = new ArrayList<>();

    @Option(names = "--steps", defaultValue = "500", description = "Steps that are measured (${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--warmup", defaultValue = "200", description = "Steps before those (${DEFAULT-VALUE}).")
    private int warmup;

    /** One of the kinds of steps that are compared. */
    private record Variant(String name, TimedSteps timed) {}

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        boolean hasConf = !arguments.isEmpty() && !arguments.get(0).contains("=");
        ConfigSource source = hasConf
                ? ConfArgument.read(arguments.get(0), hadoop)
                : ConfigFiles.ofResource(DEFAULT_CONFIGURATION).with(List.of("slices=2"));
        List<String> assignments = hasConf ? arguments.subList(1, arguments.size()) : arguments;
        RunConfig config = BenchOptions.run(source, assignments, hadoop);
        long weightBytes = RunPlan.of(config, hadoop).weightBytes();
        try (JavaSparkContext spark = SparkStart.context("sparknorm bench step", weightBytes)) {
            ClusterResources resources = SparkStart.resources(spark, config, null);
            List<Variant> variants = new ArrayList<>();
            variants.add(variant(
                    "step without norm",
                    source,
                    BenchOptions.with(assignments, List.of("model.norm=none")),
                    spark,
                    resources));
            variants.add(variant(
                    "step with local norm",
                    source,
                    BenchOptions.with(assignments, List.of("model.norm-synchronized=false")),
                    spark,
                    resources));
            variants.add(variant("step with synchronized norm", source, assignments, spark, resources));
            try {
                measure(variants);
            } finally {
                variants.forEach(variant -> variant.timed().close());
            }
        }
        return 0;
    }

    private void measure(List<Variant> variants) {
        double[] empty = new double[steps];
        for (int round = 0; round < warmup + steps; round++) {
            long started = System.nanoTime();
            variants.get(0).timed().emptyJob();
            if (round >= warmup) {
                empty[round - warmup] = StepTimes.seconds(System.nanoTime() - started);
            }
            for (Variant variant : variants) {
                variant.timed().step();
            }
        }
        double emptyMillis = TimedSteps.millis(TimedSteps.median(empty));
        System.out.printf("medians of %d steps after %d, in turn%n", steps, warmup);
        System.out.printf("%-30s %8s %12s %18s%n", "", "ms", "minus empty", "in AllReduce.sum");
        System.out.printf(Locale.ROOT, "%-30s %8.3f%n", "empty job", emptyMillis);
        for (Variant variant : variants) {
            double millis = variant.timed().medianMillis(warmup, TrainingListener.Step::seconds);
            System.out.printf(
                    Locale.ROOT,
                    "%-30s %8.3f %12.3f %18.3f%n",
                    variant.name(),
                    millis,
                    millis - emptyMillis,
                    variant.timed().medianMillis(warmup, step -> step.times().statistics()));
        }
    }

    private static Variant variant(
            String name,
            ConfigSource source,
            List<String> assignments,
            JavaSparkContext spark,
            ClusterResources resources) {
        Configuration hadoop = spark.hadoopConfiguration();
        RunConfig config = BenchOptions.run(source, assignments, hadoop);
        RunPlan plan = RunPlan.of(config, hadoop);
        return new Variant(name, new TimedSteps(plan, spark, resources));
    }
}
