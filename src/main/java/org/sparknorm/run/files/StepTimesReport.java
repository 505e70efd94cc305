package org.sparknorm.run.files;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.sparknorm.report.Chart;
import org.sparknorm.report.Curve;
import org.sparknorm.report.ReportPage;
import org.sparknorm.train.StepTimes;

/** Reports what the time of the steps of runs was spent on. */
final class StepTimesReport {
    private static final List<String> PARTS = Arrays.stream(StepTimes.class.getRecordComponents())
            .map(RecordComponent::getName)
            .toList();

    private StepTimesReport() {}

    /** @param mostPoints largest number of points of each curve */
    static Chart chart(RunHistory run, int mostPoints) {
        List<Curve> parts =
                PARTS.stream().map(part -> run.timeOf(part).thinned(mostPoints)).toList();
        return new Chart("time-" + run.fileName(), run.name() + ": time of a step", "step", "ms", parts);
    }

    /**
     * Adds a table of means over the later half of the steps, when the code is compiled; means add up, medians do not.
     */
    static void table(ReportPage page, List<RunHistory> runs) {
        List<List<String>> rows = new ArrayList<>();
        for (RunHistory run : runs) {
            List<Double> means = PARTS.stream()
                    .map(part -> meanOfLaterHalf(run.timeOf(part).y()))
                    .toList();
            if (means.stream().allMatch(Double::isFinite)) {
                List<String> row = new ArrayList<>(List.of(run.name()));
                means.forEach(mean -> row.add(millis(mean)));
                row.add(millis(means.stream().mapToDouble(Double::doubleValue).sum()));
                rows.add(row);
            }
        }
        if (!rows.isEmpty()) {
            List<String> columns = new ArrayList<>(List.of("run"));
            columns.addAll(PARTS);
            columns.add("all");
            page.table("Milliseconds of a step, mean of the later half", columns, rows);
        }
    }

    private static double meanOfLaterHalf(double[] values) {
        return Arrays.stream(values, values.length / 2, values.length).average().orElse(Double.NaN);
    }

    private static String millis(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
