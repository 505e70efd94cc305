package org.sparknorm.job;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.Trainer;
import org.sparknorm.train.TrainingListener;
import org.sparknorm.train.TrainingState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code bench step [CONF] [key=value ...]}: what a step costs beyond an empty Spark job, without norm, with local and
 * with synchronized norm, the four in turn.
 */
@Command(
        name = "step",
        description = {
            "Times, in turn, an empty job with a barrier stage and treeAggregate, and steps without norm, with local",
            "and with synchronized norm. Without CONF: mnist-bn.conf with slices=2."
        })
final class BenchStep implements Callable<Integer> {
    private static final String DEFAULT_CONFIGURATION = "mnist-bn.conf";
    private static final double MILLIS_A_SECOND = 1e3;

    @Parameters(paramLabel = "[CONF] key=value", description = "Configuration file, and keys that replace its own.")
    private List<String> arguments = new ArrayList<>();

    @Option(names = "--steps", defaultValue = "500", description = "Steps that are measured (${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--warmup", defaultValue = "200", description = "Steps before those (${DEFAULT-VALUE}).")
    private int warmup;

    /** A kind of step: its workers and state, and what its steps took. */
    private static final class Variant implements TrainingListener {
        private final String name;
        private final SparkWorkers workers;
        private final Trainer trainer;
        private final TrainingState state;
        private final List<Step> steps = new ArrayList<>();

        Variant(String name, Preparation prepared, SparkWorkers workers, Configuration hadoop) {
            this.name = name;
            this.workers = workers;
            this.state = prepared.state(ModelFiles.initial(prepared.config(), prepared.network(), hadoop));
            this.trainer = new Trainer(prepared.trainerSettings(false), workers, List.of(this));
        }

        @Override
        public void onStep(Step step) {
            steps.add(step);
        }

        @Override
        public void onEvaluation(long step, Split split, Evaluation evaluation) {
            throw new IllegalStateException("nothing is evaluated here");
        }

        double medianMillis(int warmup) {
            return MILLIS_A_SECOND
                    * median(steps.stream()
                            .skip(warmup)
                            .mapToDouble(Step::seconds)
                            .toArray());
        }

        double medianExchangeMillis(int warmup) {
            return MILLIS_A_SECOND
                    * median(steps.stream()
                            .skip(warmup)
                            .mapToDouble(step -> step.times().statistics())
                            .toArray());
        }
    }

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        boolean hasConf = !arguments.isEmpty() && !arguments.get(0).contains("=");
        ConfigFiles.Source source = hasConf
                ? RunConfiguration.read(arguments.get(0), hadoop)
                : ConfigFiles.ofResource(DEFAULT_CONFIGURATION).with(List.of("slices=2"));
        List<String> assignments = hasConf ? arguments.subList(1, arguments.size()) : arguments;
        RunConfig config = run(source, assignments, hadoop);
        long weightBytes = Preparation.of(config, hadoop).weightBytes();
        try (JavaSparkContext spark = SparkStart.context("sparknorm bench step", weightBytes)) {
            SparkStart.Placement placement = SparkStart.place(spark, config, null);
            placement.print(config);
            List<Variant> variants = new ArrayList<>();
            variants.add(variant("step without norm", source, with(assignments, "model.norm=none"), spark, placement));
            variants.add(variant(
                    "step with local norm",
                    source,
                    with(assignments, "model.norm-synchronized=false"),
                    spark,
                    placement));
            variants.add(variant("step with synchronized norm", source, assignments, spark, placement));
            measure(variants);
        }
        return 0;
    }

    private void measure(List<Variant> variants) {
        double[] empty = new double[steps];
        for (int round = 0; round < warmup + steps; round++) {
            long started = System.nanoTime();
            variants.get(0).workers.emptyJob();
            if (round >= warmup) {
                empty[round - warmup] = Progress.secondsSince(started);
            }
            for (Variant variant : variants) {
                variant.trainer.step(variant.state);
            }
        }
        double emptyMillis = MILLIS_A_SECOND * median(empty);
        System.out.printf("medians of %d steps after %d, in turn%n", steps, warmup);
        System.out.printf("%-30s %8s %12s %18s%n", "", "ms", "minus empty", "in AllReduce.sum");
        System.out.printf(Locale.ROOT, "%-30s %8.3f%n", "empty job", emptyMillis);
        for (Variant variant : variants) {
            double millis = variant.medianMillis(warmup);
            System.out.printf(
                    Locale.ROOT,
                    "%-30s %8.3f %12.3f %18.3f%n",
                    variant.name,
                    millis,
                    millis - emptyMillis,
                    variant.medianExchangeMillis(warmup));
        }
    }

    private static Variant variant(
            String name,
            ConfigFiles.Source source,
            List<String> assignments,
            JavaSparkContext spark,
            SparkStart.Placement placement) {
        Configuration hadoop = spark.hadoopConfiguration();
        RunConfig config = run(source, assignments, hadoop);
        Preparation prepared = Preparation.of(config, hadoop);
        SparkWorkers workers = new SparkWorkers(spark, config, placement.partitions());
        workers.deal(Split.TRAIN, prepared.training(), prepared.run(), prepared.setup(), placement.blas());
        return new Variant(name, prepared, workers, hadoop);
    }

    private static RunConfig run(ConfigFiles.Source source, List<String> assignments, Configuration hadoop) {
        return RunConfiguration.of(source, "bench", assignments, hadoop).run();
    }

    private static List<String> with(List<String> assignments, String one) {
        List<String> all = new ArrayList<>(assignments);
        all.add(one);
        return all;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
