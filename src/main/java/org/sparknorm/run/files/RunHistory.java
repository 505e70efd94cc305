package org.sparknorm.run.files;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.report.Curve;
import org.sparknorm.report.JsonLines;

/**
 * The content of the files of a run, for {@code report}. The run may still be going on.
 *
 * @param result content of {@code result.json}; empty if it is not there yet
 */
public record RunHistory(
        String name,
        RunConfig config,
        List<Map<String, Object>> steps,
        List<Map<String, Object>> evaluations,
        List<Map<String, Object>> percentiles,
        Map<String, Object> result) {
    private static final int LAST_PART = 10;

    /** @throws RefusedException if the folder holds no run, or one that has not made a step */
    public static RunHistory of(String path, Configuration hadoop) throws IOException {
        RunFolder folder = RunFolder.of(path, hadoop);
        String result = folder.readResult();
        RunHistory run = of(folder, result == null ? Map.of() : JsonLines.read(result));
        if (run.steps().isEmpty()) {
            throw new RefusedException(path + " holds a run without a step", "wait for its first");
        }
        return run;
    }

    String fileName() {
        return fileName(name);
    }

    /** Returns the name of a run in a form that can be part of the name of a file. */
    public static String fileName(String name) {
        return name.replace('/', '-');
    }

    public RunHistory named(String other) {
        return new RunHistory(other, config, steps, evaluations, percentiles, result);
    }

    /** @param result the content that {@code result.json} has or will have */
    public static RunHistory of(RunFolder folder, Map<String, Object> result) throws IOException {
        RunConfig config = ConfigFiles.ofText(folder.readConfiguration()).toRunConfig();
        return new RunHistory(
                folder.path().getName(),
                config,
                read(folder, RunFolder.STEPS, LogFields.LOSS),
                read(folder, RunFolder.EVALUATIONS, LogFields.TOP1),
                read(folder, RunFolder.PERCENTILES, LogFields.percentile(50)),
                result);
    }

    /** Returns the lines that have a step and the member; values that are not finite are text. */
    private static List<Map<String, Object>> read(RunFolder folder, String file, String member) throws IOException {
        List<Map<String, Object>> lines = new ArrayList<>();
        if (folder.has(file)) {
            for (String line : folder.readLines(file)) {
                Map<String, Object> values = JsonLines.read(line);
                if (values.get(LogFields.STEP) instanceof Number && values.containsKey(member)) {
                    lines.add(values);
                }
            }
        }
        return lines;
    }

    /** Returns the curve of one part of the steps' time, in milliseconds; NaN where a step has no such log. */
    Curve timeOf(String part) {
        double[] millis = steps.stream()
                .mapToDouble(line -> line.get(LogFields.SECONDS_OF) instanceof Map<?, ?> parts
                        ? 1000 * secondsOf(parts, part)
                        : Double.NaN)
                .toArray();
        return new Curve(part, column(steps, LogFields.STEP), millis);
    }

    /** Returns 0 for a part that earlier versions counted as part of another. */
    private static double secondsOf(Map<?, ?> parts, String part) {
        return parts.get(part) instanceof Number seconds ? seconds.doubleValue() : 0;
    }

    private static double[] column(List<Map<String, Object>> lines, String member) {
        return lines.stream()
                .mapToDouble(line -> LogFields.number(line, member))
                .toArray();
    }

    /** Returns the curve of a member over the number of the step. */
    static Curve bySteps(String name, List<Map<String, Object>> lines, String member) {
        return new Curve(name, column(lines, LogFields.STEP), column(lines, member));
    }

    /** Returns the curve of a member over the time that all steps so far took, in minutes. */
    Curve byTime(List<Map<String, Object>> lines, String member) {
        double[] minutes = new double[lines.size()];
        double seconds = 0;
        int next = 0;
        for (int i = 0; i < minutes.length; i++) {
            double step = LogFields.number(lines.get(i), LogFields.STEP);
            while (next < steps.size() && LogFields.number(steps.get(next), LogFields.STEP) <= step) {
                seconds += LogFields.number(steps.get(next++), LogFields.SECONDS);
            }
            minutes[i] = seconds / 60;
        }
        return new Curve(name, minutes, column(lines, member));
    }

    /** Returns the mean accuracy in the last tenth of the steps. */
    double lastTrainingAccuracy() {
        double[] accuracies = column(steps, LogFields.ACCURACY);
        int from = accuracies.length - Math.max(1, accuracies.length / LAST_PART);
        return Arrays.stream(accuracies, from, accuracies.length).average().orElseThrow();
    }

    /** Returns the evaluation with the highest accuracy, the first of equal ones; null without evaluations. */
    public Map<String, Object> best() {
        Map<String, Object> best = null;
        for (Map<String, Object> evaluation : evaluations) {
            if (best == null || LogFields.number(evaluation, LogFields.TOP1) > LogFields.number(best, LogFields.TOP1)) {
                best = evaluation;
            }
        }
        return best;
    }

    /** Returns the first evaluated step at which the accuracy was reached; -1 if there is none. */
    long stepsTo(double accuracy) {
        for (Map<String, Object> evaluation : evaluations) {
            if (LogFields.number(evaluation, LogFields.TOP1) >= accuracy) {
                return (long) LogFields.number(evaluation, LogFields.STEP);
            }
        }
        return -1;
    }
}
