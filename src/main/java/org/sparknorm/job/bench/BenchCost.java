package org.sparknorm.job.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.ConfigWords;
import org.sparknorm.config.RunConfig;
import org.sparknorm.report.ReportPage;
import org.sparknorm.run.RunPlan;
import org.sparknorm.run.SparkStart;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.train.TrainingListener;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code bench cost [CONF] [key=value ...]} shows where the time of a step goes, and how long each layer's statistics
 * are waited for.
 */
@Command(
        name = "cost",
        description = {
            "Shows where the time of steps goes, part by part, and layer by layer for the statistics. Without CONF it"
                    + " uses",
            "generated images, for example: bench cost model.name=bn-inception batch-size=32 slices=2"
        })
final class BenchCost implements Callable<Integer> {
    private static final String FORWARD = ".forward";
    private static final String BACKWARD = ".backward";

    @Parameters(paramLabel = "[CONF] key=value", description = "Configuration file, and keys that replace its own.")
    private List<String> arguments = new ArrayList<>();

    @Mixin
    private BenchOptions options;

    @Override
    public Integer call() throws Exception {
        RunPlan plan = options.plan(arguments, SparkStart.hadoop());
        try (JavaSparkContext spark = SparkStart.context("sparknorm bench cost", plan.weightBytes())) {
            ClusterResources resources = SparkStart.resources(spark, plan.config(), null);
            try (TimedSteps timed = new TimedSteps(plan, spark, resources)) {
                timed.all();
                print(plan, timed);
            }
        }
        return 0;
    }

    private void print(RunPlan plan, TimedSteps timed) {
        int warmup = options.warmup();
        double all = timed.meanMillis(warmup, TrainingListener.Step::seconds);
        Map<String, String> row = new LinkedHashMap<>();
        double own = 0;
        for (String part : timed.measured(warmup).get(0).times().parts().keySet()) {
            double millis =
                    timed.meanMillis(warmup, step -> step.times().parts().get(part));
            row.put(part, text(millis));
            own += part.equals("input") || part.equals("compute") ? millis : 0;
        }
        row.put("all", text(all));
        row.put("all but compute", text(all - own));
        RunConfig config = plan.config();
        String name = ConfigWords.word(config.model().name());
        System.out.printf(
                Locale.ROOT,
                "%s with %,d weights, batch %d, steps-per-job %s: %d steps after %d%n",
                name,
                plan.network().weightCount(),
                config.batchSize(),
                config.stepsPerJob(),
                options.steps(),
                warmup);
        ReportPage page = new ReportPage(name);
        List<String> columns = new ArrayList<>(List.of("model"));
        columns.addAll(row.keySet());
        List<String> cells = new ArrayList<>(List.of(name));
        cells.addAll(row.values());
        page.table("Milliseconds of a step, mean", columns, List.of(cells));
        layers(page, timed.waits());
        System.out.print(page.text());
    }

    private static void layers(ReportPage page, Map<String, Double> waits) {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        waits.forEach((sum, seconds) -> {
            String layer = sum.replace(FORWARD, "").replace(BACKWARD, "");
            List<String> row = rows.computeIfAbsent(layer, name -> new ArrayList<>(List.of(name, "–", "–")));
            row.set(sum.endsWith(BACKWARD) ? 2 : 1, text(TimedSteps.millis(seconds)));
        });
        if (!rows.isEmpty()) {
            page.table(
                    "Milliseconds from the first task's sums until all were in, mean of all steps",
                    List.of("layer", "forward", "backward"),
                    List.copyOf(rows.values()));
        }
    }

    private static String text(double millis) {
        return String.format(Locale.ROOT, "%.3f", millis);
    }
}
