package org.sparknorm.run.files;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.sparknorm.config.ConfigDifferences;
import org.sparknorm.report.Band;
import org.sparknorm.report.Chart;
import org.sparknorm.report.Curve;
import org.sparknorm.report.ReportPage;

/** Compares one or several runs in tables and curves. */
public final class Report {
    /** The largest number of points of a curve; more become means of neighbours, to show less noise. */
    private static final int MOST_POINTS = 200;

    /** Keys that say where a run is and how it began; they are not compared. */
    private static final Set<String> OWN_TO_EACH = Set.of("output", "overwrite", "resume");

    private static final double PERCENT = 100;

    private final List<RunHistory> runs;
    private final boolean logarithmic;

    /** @param logarithmic whether the axes of losses are logarithmic */
    public Report(List<RunHistory> runs, boolean logarithmic) {
        this.runs = runs;
        this.logarithmic = logarithmic;
    }

    /** Returns the charts that have anything to show. */
    public List<Chart> charts() {
        List<Chart> charts = new ArrayList<>(List.of(
                new Chart("loss", "Loss in training", LogFields.STEP, "loss", ofSteps(LogFields.LOSS, 1))
                        .logarithmic(logarithmic),
                new Chart(
                        "accuracy", "Accuracy in training", LogFields.STEP, "%", ofSteps(LogFields.ACCURACY, PERCENT)),
                new Chart(
                                "validation-loss",
                                "Loss on validation",
                                LogFields.STEP,
                                "loss",
                                ofEvaluations(LogFields.LOSS, 1))
                        .logarithmic(logarithmic),
                new Chart(
                        "validation",
                        "Accuracy on validation",
                        LogFields.STEP,
                        "%",
                        ofEvaluations(LogFields.TOP1, PERCENT)),
                new Chart("validation-time", "Accuracy on validation", "minutes of steps", "%", byTime()),
                new Chart(
                        "learning-rate",
                        "Learning rate",
                        LogFields.STEP,
                        "rate",
                        ofSteps(LogFields.LEARNING_RATE, 1))));
        for (RunHistory run : runs) {
            charts.add(percentiles(run));
            charts.add(StepTimesReport.chart(run, MOST_POINTS));
        }
        charts.removeIf(Chart::isEmpty);
        return charts;
    }

    private List<Curve> ofSteps(String member, double factor) {
        return runs.stream()
                .map(run -> scaled(RunHistory.bySteps(run.name(), run.steps(), member), factor)
                        .thinned(MOST_POINTS))
                .toList();
    }

    private List<Curve> ofEvaluations(String member, double factor) {
        return runs.stream()
                .map(run -> scaled(RunHistory.bySteps(run.name(), run.evaluations(), member), factor))
                .toList();
    }

    private List<Curve> byTime() {
        return runs.stream()
                .map(run -> scaled(run.byTime(run.evaluations(), LogFields.TOP1), PERCENT))
                .toList();
    }

    private static Curve scaled(Curve curve, double factor) {
        double[] y = curve.y().clone();
        for (int i = 0; i < y.length; i++) {
            y[i] *= factor;
        }
        return new Curve(curve.name(), curve.x(), y);
    }

    /** Draws figure 1(b, c) of Ioffe and Szegedy 2015: the median, and the band between the two other percentiles. */
    private static Chart percentiles(RunHistory run) {
        String unit = run.percentiles().isEmpty()
                ? ""
                : run.percentiles().get(0).get(LogFields.LAYER) + ", unit "
                        + run.percentiles().get(0).get(LogFields.UNIT);
        Band band = new Band(
                percentile(run, LogFields.percentile(15), ""),
                percentile(run, LogFields.percentile(50), "50th percentile, between the 15th and the 85th"),
                percentile(run, LogFields.percentile(85), ""));
        return new Chart(
                "percentiles-" + run.fileName(),
                run.name() + ": " + unit,
                LogFields.STEP,
                "before the activation",
                false,
                List.of(),
                List.of(band));
    }

    private static Curve percentile(RunHistory run, String member, String name) {
        return RunHistory.bySteps(name, run.percentiles(), member).thinned(MOST_POINTS);
    }

    /** @param accuracies for which steps are counted; if empty, the best accuracy of the first run */
    public ReportPage page(List<Double> accuracies, List<Chart> charts) {
        ReportPage page = new ReportPage(
                String.join(", ", runs.stream().map(RunHistory::name).toList()));
        summary(page);
        stepsTo(page, accuracies);
        StepTimesReport.table(page, runs);
        differences(page);
        page.charts("Curves", charts);
        return page;
    }

    private void summary(ReportPage page) {
        List<List<String>> rows = new ArrayList<>();
        for (RunHistory run : runs) {
            Map<String, Object> last = run.steps().get(run.steps().size() - 1);
            Map<String, Object> best = run.best();
            double seconds = run.steps().stream()
                    .mapToDouble(line -> LogFields.number(line, LogFields.SECONDS))
                    .sum();
            double examples = run.steps().stream()
                    .mapToDouble(line -> LogFields.number(line, LogFields.EXAMPLES))
                    .sum();
            Object sum = run.result().get(LogFields.WEIGHTS_SHA256);
            Object diverged = run.result().get(LogFields.DIVERGED_AT);
            rows.add(List.of(
                    run.name(),
                    whole(LogFields.number(last, LogFields.STEP))
                            + (diverged == null ? "" : ", diverged at " + diverged),
                    percent(run.lastTrainingAccuracy()),
                    best == null ? "–" : percent(lastAccuracy(run)),
                    best == null ? "–" : percent(LogFields.number(best, LogFields.TOP1)),
                    best == null ? "–" : whole(LogFields.number(best, LogFields.STEP)),
                    String.format(Locale.ROOT, "%.1f", seconds / 60),
                    whole(examples / seconds),
                    sum == null ? "not finished" : sum.toString().substring(0, 12)));
        }
        page.table(
                "Runs",
                List.of(
                        "run",
                        "steps",
                        "training",
                        "last top-1",
                        "best top-1",
                        "at step",
                        "minutes",
                        "images/s",
                        "weights"),
                rows);
    }

    private static double lastAccuracy(RunHistory run) {
        return LogFields.number(run.evaluations().get(run.evaluations().size() - 1), LogFields.TOP1);
    }

    /** Adds the table of the paper's section 4.2.2: the steps after which each run reached the accuracies. */
    private void stepsTo(ReportPage page, List<Double> given) {
        if (runs.get(0).best() == null) {
            return;
        }
        List<Double> accuracies =
                given.isEmpty() ? List.of(LogFields.number(runs.get(0).best(), LogFields.TOP1)) : given;
        List<String> columns = new ArrayList<>(List.of("run"));
        accuracies.forEach(accuracy -> columns.add("to " + percent(accuracy)));
        List<List<String>> rows = new ArrayList<>();
        for (RunHistory run : runs) {
            List<String> row = new ArrayList<>(List.of(run.name()));
            for (double accuracy : accuracies) {
                long steps = run.stepsTo(accuracy);
                row.add(steps < 0 ? "–" : whole((double) steps));
            }
            rows.add(row);
        }
        page.table("Steps to an accuracy on validation", columns, rows);
    }

    private void differences(ReportPage page) {
        List<Map<String, String>> values =
                runs.stream().map(run -> ConfigDifferences.values(run.config())).toList();
        Map<String, List<String>> rows = new LinkedHashMap<>();
        for (String key : values.get(0).keySet()) {
            if (OWN_TO_EACH.contains(key)) {
                continue;
            }
            List<String> row = values.stream().map(all -> all.get(key)).toList();
            Set<String> different = new LinkedHashSet<>(row);
            if (different.size() > 1) {
                rows.put(key, row);
            }
        }
        if (rows.isEmpty()) {
            return;
        }
        List<String> columns = new ArrayList<>(List.of("key"));
        runs.forEach(run -> columns.add(run.name()));
        List<List<String>> table = new ArrayList<>();
        rows.forEach((key, row) -> {
            List<String> cells = new ArrayList<>(List.of(key));
            cells.addAll(row);
            table.add(cells);
        });
        page.table("Differences of the configurations", columns, table);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", PERCENT * share);
    }

    private static String whole(double number) {
        return String.format(Locale.ROOT, "%,.0f", number);
    }
}
