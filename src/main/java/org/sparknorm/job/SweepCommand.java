package org.sparknorm.job;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.checkpoint.AtomicFiles;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.report.ReportPage;
import org.sparknorm.run.ExitCode;
import org.sparknorm.run.HeapLayout;
import org.sparknorm.run.MemoryNeed;
import org.sparknorm.run.PreparedRun;
import org.sparknorm.run.Report;
import org.sparknorm.run.ReportFiles;
import org.sparknorm.run.RunConfiguration;
import org.sparknorm.run.RunFolder;
import org.sparknorm.run.RunHistory;
import org.sparknorm.run.SparkStart;
import org.sparknorm.run.TrainingRun;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.spark.SparkStoppedException;
import org.sparknorm.train.InterruptedRunException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code sweep CONF key=v1,v2 ... [output=FOLDER] [trials=N] [beside=K] [draw-seed=1]}: a run for each combination, in one
 * application.
 */
@Command(
        name = "sweep",
        description = {
            "Trains a network for each combination of the values given, and compares them. A sweep that was stopped goes on",
            "where it was; runs that are finished are not repeated."
        })
final class SweepCommand implements Callable<Integer> {
    static final String OUTPUT = "output";
    private static final String TRIALS = "trials";
    private static final String BESIDE = "beside";
    private static final String DRAW_SEED = "draw-seed";
    /** Arguments that are its own, not keys of CONF. */
    static final Set<String> OWN_KEYS = Set.of(OUTPUT, TRIALS, BESIDE, DRAW_SEED);

    private static final String TABLE = "sweep.txt";
    private static final int HASH_LETTERS = 12;

    @Parameters(index = "0", paramLabel = "CONF", description = "Configuration file.")
    private String conf;

    @Parameters(
            index = "1..*",
            paramLabel = "key=value",
            description = {
                "key=v1,v2     values of a key; a run for each combination",
                "key=low..high key=low..high:log  with trials: numbers drawn evenly, or with an even logarithm",
                "output=FOLDER of the folders of the runs, the table and the report (runs/NAME-sweep)",
                "trials=N      so many combinations, drawn (all)",
                "draw-seed=N   of the draw (1)",
                "beside=K      so many runs at the same time, each with its share of the slots (1)",
                "and keys that replace those of CONF for all runs."
            })
    private List<String> arguments = new ArrayList<>();

    private final Configuration hadoop = SparkStart.hadoop();
    /** Why runs did not finish, by name. */
    private final Map<String, String> failures = new TreeMap<>();

    @Override
    public Integer call() throws Exception {
        CommandArguments given = CommandArguments.split(arguments, OWN_KEYS);
        int trials = given.own().containsKey(TRIALS) ? given.number(TRIALS, 1) : 0;
        SweepPlan plan = SweepPlan.of(given.assignments(), trials, given.number(DRAW_SEED, 1));
        int beside = Math.min(given.number(BESIDE, 1), plan.runs().size());
        String folder = given.own().getOrDefault(OUTPUT, defaultOutput(conf));
        Path output = new Path(RunConfiguration.absolute(OUTPUT, folder, hadoop));
        List<PreparedRun> prepared = new ArrayList<>();
        for (SweepPlan.Run run : plan.runs()) {
            PreparedRun next = prepared(plan, run, output, List.of());
            new MemoryNeed(next.preparation(), HeapLayout.ofThisProcess())
                    .checkDriver(SparkStart.isLocal(), Runtime.getRuntime().maxMemory() / beside);
            prepared.add(next);
        }
        long weightBytes = prepared.stream()
                .mapToLong(run -> run.preparation().weightBytes())
                .max()
                .orElseThrow();
        try (JavaSparkContext spark = SparkStart.context("sparknorm sweep " + output.getName(), weightBytes)) {
            ClusterResources placement = ClusterResources.of(
                    spark,
                    prepared.get(0).configuration().run(),
                    prepared.get(0).from().blas());
            if (beside > placement.slots()) {
                throw new RefusedException(
                        "beside = " + beside + " runs need a slot each, and there are " + placement.slots(),
                        "lower beside, or give the application more cores");
            }
            placement.print(prepared.get(0).configuration().run());
            train(plan, output, spark, placement, beside);
        }
        compare(plan, output);
        if (!failures.isEmpty()) {
            System.err.println(
                    "error: " + failures.size() + " of " + plan.runs().size() + " runs did not finish, "
                            + failures.keySet().iterator().next() + ": "
                            + failures.values().iterator().next() + "; run the sweep again to try them again");
            return ExitCode.FAILED;
        }
        return 0;
    }

    static String defaultOutput(String conf) {
        return "runs/" + RunConfiguration.name(conf) + "-sweep";
    }

    private PreparedRun prepared(SweepPlan plan, SweepPlan.Run run, Path output, List<String> more) throws IOException {
        List<String> keys = new ArrayList<>(plan.fixed());
        keys.addAll(run.assignments());
        keys.addAll(more);
        keys.addAll(List.of("output=" + new Path(output, run.name()), "resume=latest", "overwrite=false"));
        return PreparedRun.of(conf, keys, hadoop);
    }

    private void train(SweepPlan plan, Path output, JavaSparkContext spark, ClusterResources placement, int beside)
            throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(beside);
        try {
            List<Future<?>> runs = new ArrayList<>();
            for (int i = 0; i < plan.runs().size(); i++) {
                int number = i + 1;
                SweepPlan.Run run = plan.runs().get(i);
                runs.add(threads.submit(() -> {
                    train(plan, run, number, output, spark, placement, beside);
                    return null;
                }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            threads.shutdownNow();
        }
    }

    private void train(
            SweepPlan plan,
            SweepPlan.Run run,
            int number,
            Path output,
            JavaSparkContext spark,
            ClusterResources placement,
            int beside)
            throws Exception {
        boolean isAlone = beside == 1;
        List<String> share = isAlone ? List.of() : List.of("partitions=" + share(plan, run, output, placement, beside));
        PreparedRun prepared = prepared(plan, run, output, share);
        String of = number + " of " + plan.runs().size() + ", " + run.name();
        if (prepared.isFinished()) {
            System.out.println("run " + of + ": is finished");
            return;
        }
        System.out.println("run " + of);
        PrintStream out =
                isAlone ? System.out : new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        try {
            new TrainingRun(prepared, prepared.state(hadoop), out, isAlone)
                    .go(spark, placement.with(prepared.configuration().run()));
        } catch (InterruptedRunException | SparkStoppedException e) {
            throw e; // nor could the others go on
        } catch (Exception e) { // Spark throws its checked exceptions undeclared
            String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            synchronized (failures) {
                failures.put(run.name(), why);
            }
            System.out.println("run " + of + ": " + why);
            return;
        }
        System.out.println("run " + of + ": finished");
    }

    /** Unless the user says, runs beside each other have equal shares of the slots. */
    private int share(SweepPlan plan, SweepPlan.Run run, Path output, ClusterResources placement, int beside)
            throws IOException {
        RunConfig config =
                prepared(plan, run, output, List.of()).configuration().run();
        int slots = placement.slots() / beside;
        int partitions = config.partitions().or(Math.min(slots, config.slices()));
        if (partitions > slots) {
            throw new RefusedException(
                    "partitions = " + partitions + " of " + beside + " runs are more than " + placement.slots()
                            + " slots",
                    "lower partitions or beside, or give the application more cores");
        }
        return partitions;
    }

    /** The best first; the same whenever and however often the sweep was stopped. */
    private void compare(SweepPlan plan, Path output) throws IOException {
        record Row(double best, List<String> cells) {}
        List<String> keys = List.copyOf(plan.runs().get(0).values().keySet());
        List<Row> rows = new ArrayList<>();
        List<RunHistory> reported = new ArrayList<>();
        for (SweepPlan.Run run : plan.runs()) {
            RunFolder folder = RunFolder.of(new Path(output, run.name()).toString(), hadoop);
            List<String> cells = new ArrayList<>(run.values().values());
            String failure = failures.get(run.name());
            if (failure != null || folder.readResult() == null) {
                cells.addAll(List.of(failure == null ? "not finished" : "failed", "–", "–", "–", "–", "–"));
                rows.add(new Row(Double.NEGATIVE_INFINITY, cells));
                continue;
            }
            RunHistory result = RunHistory.of(folder.toString(), hadoop);
            reported.add(result.named(run.name()));
            Map<String, Object> best = result.best();
            double top1 = best == null ? Double.NaN : RunHistory.number(best, "top1");
            cells.add(String.format(Locale.ROOT, "%.0f", RunHistory.number(result.result(), "steps")));
            cells.add(text(RunHistory.number(result.result(), "loss")));
            cells.add(text(RunHistory.number(result.result(), "top1")));
            cells.add(text(top1));
            cells.add(best == null ? "–" : String.format(Locale.ROOT, "%.0f", RunHistory.number(best, "step")));
            cells.add(result.result().get("weightsSha256").toString().substring(0, HASH_LETTERS));
            rows.add(new Row(Double.isNaN(top1) ? Double.NEGATIVE_INFINITY : top1, cells));
        }
        rows.sort(Comparator.comparingDouble(Row::best).reversed());
        ReportPage page = new ReportPage("sweep " + output.getName());
        List<String> columns = new ArrayList<>(keys);
        columns.addAll(List.of("steps", "last loss", "last top-1", "best top-1", "at step", "weights"));
        page.table(
                "Runs, the best first", columns, rows.stream().map(Row::cells).toList());
        System.out.print(page.text());
        AtomicFiles files = AtomicFiles.of(output, hadoop);
        files.write(new Path(output, TABLE), out -> out.write(page.text().getBytes(StandardCharsets.UTF_8)));
        if (!reported.isEmpty()) {
            Path report = new Path(output, RunFolder.REPORT);
            ReportFiles.write(new Report(reported, false), List.of(), report, hadoop);
            System.out.println("table and report written to " + output);
        }
    }

    private static String text(double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.4f", value);
    }
}
