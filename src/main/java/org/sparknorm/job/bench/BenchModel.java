package org.sparknorm.job.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
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
 * {@code bench model [CONF] [key=value ...]}: measures steps of a network, with and without norm, and of a wider one, with more
 * and more tasks in this process, fits {@link CostModel} to them, and says what it makes of executors on machines of their own.
 */
@Command(
        name = "model",
        description = {
            "Fits a model of the cost of a step to steps of more and more tasks in this process, and predicts steps of a",
            "cluster. For example: bench model --size 28 --channels 1 --classes 10 batch-size=64"
        })
final class BenchModel implements Callable<Integer> {
    /** Of each of three networks, for seven costs. */
    private static final int FEWEST = 3;

    private static final double MILLIS_A_SECOND = 1e3;
    private static final double MICROS_A_SECOND = 1e6;
    private static final double BITS_A_GIGABIT = 1e9;
    /** Beside the network that is asked for, so that what goes with sums, and with weights, shows. */
    private static final String WITHOUT_NORM = "model.norm=none";

    private static final List<String> WIDER = List.of("model.name=mlp", "model.hidden=[1000,1000,1000]");

    @Parameters(paramLabel = "[CONF] key=value", description = "Configuration file, and keys that replace its own.")
    private List<String> arguments = new ArrayList<>();

    @Mixin
    private BenchOptions timedRun;

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
            description = "The driver's network a second (${DEFAULT-VALUE}).")
    private double gigabits;

    @Option(
            names = "--round-trip-micros",
            defaultValue = "200",
            description = "Of an ask and its answer between two machines (${DEFAULT-VALUE}).")
    private double roundTripMicros;

    @Option(
            names = "--job-millis",
            defaultValue = "30",
            description = "Of an empty job on the cluster (${DEFAULT-VALUE}).")
    private double jobMillis;

    /** A network, and what its steps took. */
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
        List<String> given = with(arguments, List.of("slices=" + most));
        List<String> wider = with(given, WIDER);
        long weightBytes = timedRun.prepare(wider, hadoop).weightBytes();
        List<Row> rows = new ArrayList<>();
        try (JavaSparkContext spark = SparkStart.localContext("sparknorm bench model", weightBytes, most)) {
            measure("as given", given, spark, rows);
            measure("without norm", with(given, List.of(WITHOUT_NORM)), spark, rows);
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

    private static List<String> with(List<String> some, List<String> more) {
        List<String> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    private void measure(String name, List<String> keys, JavaSparkContext spark, List<Row> rows)
            throws InterruptedException {
        int cores = Runtime.getRuntime().availableProcessors();
        CostModel.Work work = null;
        for (int count : tasks.stream().sorted().toList()) {
            RunPlan prepared =
                    timedRun.prepare(with(keys, List.of("partitions=" + count)), spark.hadoopConfiguration());
            ClusterResources placement = ClusterResources.of(spark, prepared.config(), null);
            try (TimedSteps timed = new TimedSteps(prepared, spark, placement)) {
                timed.all();
                double seconds =
                        timed.medianMillis(timedRun.warmup(), TrainingListener.Step::seconds) / MILLIS_A_SECOND;
                if (work == null) {
                    double compute = timed.medianMillis(
                            timedRun.warmup(),
                            step -> step.times().input() + step.times().compute());
                    work = new CostModel.Work(
                            compute / MILLIS_A_SECOND,
                            sums(prepared),
                            prepared.network().weightCount());
                }
                System.out.printf(
                        Locale.ROOT, "%s, %d tasks: %.2f ms a step%n", name, count, MILLIS_A_SECOND * seconds);
                rows.add(new Row(name, new CostModel.Measured(new CostModel.Load(work, count, cores), seconds)));
            }
        }
    }

    /** Forward and backward of each layer that has statistics in common. */
    private static int sums(RunPlan prepared) {
        return 2
                * (int) prepared.network().rows().stream()
                        .filter(row -> row.layer() instanceof BatchStatistics norm && norm.isSynchronized())
                        .count();
    }

    private static void costs(ReportPage page, CostModel model) {
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < CostModel.NAMES.size(); i++) {
            rows.add(List.of(
                    CostModel.NAMES.get(i), String.format(Locale.ROOT, "%.4g", MICROS_A_SECOND * model.costs()[i])));
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
                gigabits * BITS_A_GIGABIT, roundTripMicros / MICROS_A_SECOND, jobMillis / MILLIS_A_SECOND);
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
                        "Milliseconds of a step on a cluster of %.0f gigabits a second, as predicted",
                        gigabits),
                List.of("executors", "all", "compute", "share of compute"),
                rows);
    }

    private static String millis(double seconds) {
        return String.format(Locale.ROOT, "%.2f", MILLIS_A_SECOND * seconds);
    }
}
