package org.sparknorm.job;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparknorm.checkpoint.AtomicFiles;
import org.sparknorm.report.ReportPage;
import org.sparknorm.run.files.LogFields;
import org.sparknorm.run.files.Report;
import org.sparknorm.run.files.ReportFiles;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.run.files.RunHistory;

/** Compares the runs of a sweep in a table, the best run first, and in a report of those that finished. */
final class SweepTable {
    private static final String TABLE = "sweep.txt";
    private static final List<String> COLUMNS =
            List.of("steps", "last loss", "last top-1", "best top-1", "at step", "weights");
    private static final String UNKNOWN = "–";
    private static final int HASH_LETTERS = 12;

    private final Path output;
    private final Configuration hadoop;
    private final List<Row> rows = new ArrayList<>();
    private final List<RunHistory> finished = new ArrayList<>();

    /** @param best highest accuracy on validation */
    private record Row(double best, List<String> cells) {}

    SweepTable(Path output, Configuration hadoop) {
        this.output = output;
        this.hadoop = hadoop;
    }

    /**
     * Prints and writes the table and the report. They are the same whenever and however often the sweep was stopped.
     *
     * @param failures the reasons why runs did not finish, by name
     */
    void write(List<SweepPlan.Run> runs, Map<String, String> failures) throws IOException {
        for (SweepPlan.Run run : runs) {
            add(run, failures.containsKey(run.name()));
        }
        rows.sort(Comparator.comparingDouble(Row::best).reversed());
        List<String> columns = new ArrayList<>(runs.get(0).values().keySet());
        columns.addAll(COLUMNS);
        ReportPage page = new ReportPage("sweep " + output.getName());
        page.table(
                "Runs, the best first", columns, rows.stream().map(Row::cells).toList());
        System.out.print(page.text());
        AtomicFiles.of(output, hadoop)
                .write(new Path(output, TABLE), out -> out.write(page.text().getBytes(StandardCharsets.UTF_8)));
        if (!finished.isEmpty()) {
            Path report = new Path(output, RunFolder.REPORT);
            ReportFiles.write(new Report(finished, false), List.of(), report, hadoop);
            System.out.println("table and report written to " + output);
        }
    }

    private void add(SweepPlan.Run run, boolean failed) throws IOException {
        RunFolder folder = RunFolder.of(new Path(output, run.name()).toString(), hadoop);
        List<String> cells = new ArrayList<>(run.values().values());
        if (failed || folder.readResult() == null) {
            cells.add(failed ? "failed" : "not finished");
            cells.addAll(Collections.nCopies(COLUMNS.size() - 1, UNKNOWN));
            rows.add(new Row(Double.NEGATIVE_INFINITY, cells));
            return;
        }
        RunHistory history = RunHistory.of(folder.toString(), hadoop).named(run.name());
        finished.add(history);
        Map<String, Object> result = history.result();
        Map<String, Object> best = history.best();
        double top1 = best == null ? Double.NaN : LogFields.number(best, LogFields.TOP1);
        cells.add(whole(LogFields.number(result, LogFields.STEPS)));
        cells.add(text(LogFields.number(result, LogFields.LOSS)));
        cells.add(text(LogFields.number(result, LogFields.TOP1)));
        cells.add(text(top1));
        cells.add(best == null ? UNKNOWN : whole(LogFields.number(best, LogFields.STEP)));
        cells.add(result.get(LogFields.WEIGHTS_SHA256).toString().substring(0, HASH_LETTERS));
        rows.add(new Row(Double.isNaN(top1) ? Double.NEGATIVE_INFINITY : top1, cells));
    }

    private static String whole(double value) {
        return String.format(Locale.ROOT, "%.0f", value);
    }

    private static String text(double value) {
        return Double.isNaN(value) ? UNKNOWN : String.format(Locale.ROOT, "%.4f", value);
    }
}
