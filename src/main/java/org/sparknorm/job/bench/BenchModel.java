package org.sparknorm.job.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.RefusedException;
import org.sparknorm.nn.norm.BatchStatistics;
import org.sparknorm.report.ReportPage;
import org.sparknorm.run.RunPlan;
import org.sparknorm.run.SparkStart;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.train.TrainingListener;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code bench model [CONF] [key=value ...]} measures steps of a network, with and without norm, and of a wider
 * network, with more and more tasks in this process, fits {@link CostModel} to them, and predicts steps of executors on
 * machines of their own.
 */
@Command(
        name = "model",
        description = {
            "Fits a model of the cost of a step to steps of more and more tasks in this process, and predicts steps of"
                    + " a",
            "cluster. For example: bench model --size 28 --channels 1 --classes 10 batch-size=64"
        })
final class BenchModel implements Callable<Integer> {
    /** Measurements of each of the three networks: there are seven costs to fit. */
    private static final int FEWEST = 3;

    private static final double MICROS_PER_SECOND = TimeUnit.SECONDS.toMicros(1);
    private static final double BITS_PER_GIGABIT = 1e9;
    /** The other networks differ in the number of sums and of weights, so that the costs of both can be told apart. */
    private static final String WITHOUT_NORM = "model.norm=none";

    private static final List<String> WIDER = List.of("model.name=mlp", "model.hidden=[1000,1000,1000]");

    @Parameters(paramLabel = "[CONF] key=value", description = "Configuration file, and keys that replace its own.")
    private List<String> arguments = new ArrayList<>();

    @Mixin
    private BenchOptions options;

    @Option(names = "--tasks", split = ",", defaultValue = "1,2,4,8,16,32", description = "Tasks (${DEFAULT-VALUE}).")
    private List<Integer> tasks;

    @Option(
            names = "--executors",
            split = ",",
            defaultValue = "1,10,100,1000",
            description = "Executors with a core each for which steps are predicted (${DEFAULT-VALUE}).")
    private List<Integer> executors;

    @Option(
            names = "--gigabits",
            defaultValue = "10",
            description = "Bandwidth of the driver's network, per second (${DEFAULT-VALUE}).")
    private double gigabits;

    @Option(
            names = "--round-trip-micros",
            defaultValue = "200",
            description = "Time of a request and its answer between two machines (${DEFAULT-VALUE}).")
    private double roundTripMicros;

    @Option(
            names = "--job-millis",
            defaultValue = "30",
            description = "Time of an empty job on the cluster (${DEFAULT-VALUE}).")
    private double jobMillis;

    /** A measurement of steps of a network. */
    private record Row(String name, CostModel.Measured measured) {}

    @Override
    public Integer call() throws Exception {
        if (!tasks.contains(1) || tasks.size() < FEWEST || tasks.stream().anyMatch(count -> count < 1)) {
            throw new RefusedException(
                    "--tasks = " + tasks + " are not " + FEWEST + " or more numbers, 1 among them", "give more");
        }
        if (executors.stream().anyMatch(count -> count < 1) || !(gigabits > 0)) {
            throw new RefusedException("--executors or --gigabits is too small", "give numbers above 0");
        }
        int most = tasks.stream().mapToInt(Integer::intValue).max().orElseThrow();
        Configuration hadoop = SparkStart.hadoop();
        List<String> given = BenchOptions.with(arguments, List.of("slices=" + most));
        List<String> wider = BenchOptions.with(given, WIDER);
        long weightBytes = options.plan(wider, hadoop).weightBytes();
        List<Row> rows = new ArrayList<>();
        try (JavaSparkContext spark = SparkStart.localContext("sparknorm bench model", weightBytes, most)) {
            measure("as given", given, spark, rows);
            measure("without norm", BenchOptions.with(given, List.of(WITHOUT_NORM)), spark, rows);
            measure("wider", wider, spark, rows);
        }
        CostModel model = CostModel.fit(rows.stream().map(Row::measured).toList());
        ReportPage page = new ReportPage("cost of a step");
        costs(page, model);
        compare(page, model, rows);
        predict(page, model, rows.get(0).measured().load().work());
        System.out.print(page.text());
        return 0;
    }

    private void measure(String name, List<String> keys, JavaSparkContext spark, List<Row> rows)
            throws InterruptedException {
        int cores = Runtime.getRuntime().availableProcessors();
        CostModel.Work work = null;
        for (int count : tasks.stream().sorted().toList()) {
            RunPlan plan =
                    options.plan(BenchOptions.with(keys, List.of("partitions=" + count)), spark.hadoopConfiguration());
            ClusterResources resources = ClusterResources.of(spark, plan.config(), null);
            try (TimedSteps timed = new TimedSteps(plan, spark, resources)) {
                timed.all();
                double seconds = timed.medianSeconds(options.warmup(), TrainingListener.Step::seconds);
                if (work == null) {
                    double compute = timed.medianSeconds(
                            options.warmup(),
                            step -> step.times().input() + step.times().compute());
                    work = new CostModel.Work(
                            compute, sums(plan), plan.network().weightCount());
                }
                System.out.printf(
                        Locale.ROOT, "%s, %d tasks: %.2f ms per step%n", name, count, TimedSteps.millis(seconds));
                rows.add(new Row(name, new CostModel.Measured(new CostModel.Load(work, count, cores), seconds)));
            }
        }
    }

    /** The sums of a step: one forward and one backward for each layer with synchronized statistics. */
    private static int sums(RunPlan plan) {
        return 2
                * (int) plan.network().rows().stream()
                        .filter(row -> row.layer() instanceof BatchStatistics norm && norm.isSynchronized())
                        .count();
    }

    private static void costs(ReportPage page, CostModel model) {
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < CostModel.NAMES.size(); i++) {
            rows.add(List.of(
                    CostModel.NAMES.get(i), String.format(Locale.ROOT, "%.4g", MICROS_PER_SECOND * model.costs()[i])));
        }
        page.table("Costs that fit best", List.of("of a", "microseconds"), rows);
    }

    private static void compare(ReportPage page, CostModel model, List<Row> measured) {
        List<List<String>> rows = new ArrayList<>();
        for (Row row : measured) {
            CostModel.Load load = row.measured().load();
            double predicted = model.seconds(load);
            rows.add(List.of(
                    row.name(),
                    String.format(Locale.ROOT, "%,d", load.work().weights()),
                    Integer.toString(load.tasks()),
                    millis(row.measured().seconds()),
                    millis(predicted),
                    String.format(
                            Locale.ROOT,
                            "%+.1f %%",
                            100 * (predicted / row.measured().seconds() - 1))));
        }
        page.table(
                "Milliseconds of a step in this process",
                List.of("network", "weights", "tasks", "measured", "model", "error"),
                rows);
    }

    private void predict(ReportPage page, CostModel model, CostModel.Work work) {
        CostModel.Cluster cluster = new CostModel.Cluster(
                gigabits * BITS_PER_GIGABIT, roundTripMicros / MICROS_PER_SECOND, jobMillis / TimedSteps.millis(1));
        List<List<String>> rows = new ArrayList<>();
        for (int count : executors) {
            double seconds = model.seconds(work, count, cluster);
            rows.add(List.of(
                    Integer.toString(count),
                    millis(seconds),
                    millis(work.computeSeconds() / count),
                    String.format(Locale.ROOT, "%.2f", work.computeSeconds() / count / seconds)));
        }
        page.table(
                String.format(
                        Locale.ROOT,
                        "Milliseconds of a step on a cluster of %.0f gigabits per second, as predicted",
                        gigabits),
                List.of("executors", "all", "compute", "share of compute"),
                rows);
    }

    private static String millis(double seconds) {
        return String.format(Locale.ROOT, "%.2f", TimedSteps.millis(seconds));
    }
}
