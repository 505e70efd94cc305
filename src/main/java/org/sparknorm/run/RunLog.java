package org.sparknorm.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.sparknorm.checkpoint.AppendableFile;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.report.Histogram;
import org.sparknorm.report.JsonLines;
import org.sparknorm.train.ChannelId;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.TrainingListener;

/**
 * Writes the logs of a run, a line of JSON each step, evaluation, percentiles or histogram, and keeps what {@code
 * result.json} sums up.
 */
public final class RunLog implements TrainingListener, AutoCloseable {
    private static final long FLUSH_NANOS = 1_000_000_000L;
    /** With fewer classes a hit among five says nothing. */
    private static final int CLASSES_FOR_TOP5 = 6;

    /** Of what a histogram is. */
    static final String TAG = "tag";

    private static final String STEP = "step";
    private static final String EXAMPLES = "examples";
    private static final String LOSS = "loss";
    private static final String TOP1 = "top1";
    private static final String TOP5 = "top5";
    private static final String SECONDS = "seconds";
    /** Where they went: an object of {@link org.sparknorm.train.StepTimes}. */
    static final String SECONDS_OF = "secondsOf";

    private static final String NOT_FINITE = "notFinite";

    private final AppendableFile stepsFile;
    private final AppendableFile evaluationsFile;
    /** Null where none are written. */
    private final AppendableFile percentilesFile;

    private final AppendableFile histogramsFile;
    private final EventLog events;
    private final JsonLines steps;
    private final JsonLines evaluations;
    private final boolean withTop5;
    private final List<Evaluation> before = new ArrayList<>();
    private long lastFlush = System.nanoTime();
    private long examples;
    private double seconds;
    private long lines;
    private Long divergedAt;
    private Evaluation last;
    private long lastEvaluated;

    /**
     * @param old the folder of the run that is gone on with
     * @param step the last whose lines are kept; 0 for a new run
     * @param config of the run
     */
    RunLog(RunFolder folder, int classes, Path old, long step, RunConfig config) throws IOException {
        events = new EventLog(folder);
        stepsFile = folder.openLog(RunFolder.STEPS, old, line -> keepStep(JsonLines.read(line), step));
        evaluationsFile =
                folder.openLog(RunFolder.EVALUATIONS, old, line -> keepEvaluation(JsonLines.read(line), step));
        percentilesFile = config.recordPercentiles().isOn()
                ? folder.openLog(
                        RunFolder.PERCENTILES, old, line -> keep(JsonLines.read(line), step, events::percentiles))
                : null;
        histogramsFile = config.recordHistograms().isOn()
                ? folder.openLog(RunFolder.HISTOGRAMS, old, line -> keep(JsonLines.read(line), step, events::histogram))
                : null;
        steps = new JsonLines(stepsFile);
        evaluations = new JsonLines(evaluationsFile);
        withTop5 = classes >= CLASSES_FOR_TOP5;
    }

    private boolean keepStep(Map<String, Object> line, long step) {
        if (number(line, STEP) > step || !line.containsKey(SECONDS)) {
            return false;
        }
        count((long) number(line, STEP), (long) number(line, EXAMPLES), number(line, SECONDS), line.get(NOT_FINITE));
        events.step(line);
        return true;
    }

    private boolean keepEvaluation(Map<String, Object> line, long step) {
        if (number(line, STEP) > step || !line.containsKey(TOP1)) {
            return false;
        }
        double top5 = line.containsKey(TOP5) ? number(line, TOP5) : 1;
        last = new Evaluation((long) number(line, EXAMPLES), number(line, LOSS), number(line, TOP1), top5);
        lastEvaluated = (long) number(line, STEP);
        before.add(last);
        events.evaluation(line);
        return true;
    }

    private static boolean keep(Map<String, Object> line, long step, Consumer<Map<String, Object>> events) {
        if (number(line, STEP) > step) {
            return false;
        }
        events.accept(line);
        return true;
    }

    /** Without such a number infinite for a step, so that the line is not kept; what is not finite is written as text. */
    private static double number(Map<String, Object> line, String key) {
        if (line.get(key) instanceof Number number) {
            return number.doubleValue();
        }
        return key.equals(STEP) ? Double.POSITIVE_INFINITY : Double.NaN;
    }

    private void count(long step, long stepExamples, double stepSeconds, Object notFinite) {
        lines++;
        examples += stepExamples;
        seconds += stepSeconds;
        if (notFinite != null && divergedAt == null) {
            divergedAt = step;
        }
    }

    @Override
    public void onStep(Step step) {
        count(step.step(), step.examples(), step.seconds(), step.notFinite());
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(STEP, step.step());
        line.put("epoch", step.epoch());
        line.put(EXAMPLES, step.examples());
        line.put(LOSS, step.loss());
        line.put("accuracy", step.accuracy());
        line.put("learningRate", step.learningRate());
        line.put(SECONDS, step.seconds());
        line.put(SECONDS_OF, step.times());
        if (step.notFinite() != null) {
            line.put(NOT_FINITE, step.notFinite());
        }
        steps.write(line);
        events.step(line);
        if (System.nanoTime() - lastFlush > FLUSH_NANOS) {
            steps.flush();
            events.flush();
            lastFlush = System.nanoTime();
        }
    }

    @Override
    public void onEvaluation(long step, Split split, Evaluation evaluation) {
        last = evaluation;
        lastEvaluated = step;
        Map<String, Object> line = evaluationLine(step, split, evaluation, withTop5);
        evaluations.write(line);
        evaluations.flush();
        events.evaluation(line);
        events.flush();
    }

    /** @param values the percentiles of {@link PercentileRecorder#PERCENTILES} */
    void percentiles(long step, ChannelId unit, List<Double> values) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(STEP, step);
        line.put("layer", unit.layer());
        line.put("unit", unit.channel());
        for (int i = 0; i < values.size(); i++) {
            line.put("p" + PercentileRecorder.PERCENTILES.get(i), values.get(i));
        }
        JsonLines lines = new JsonLines(percentilesFile);
        lines.write(line);
        lines.flush();
        events.percentiles(line);
    }

    /** @param histograms by name: of a parameter, or of a layer for what it gives */
    void histograms(long step, Map<String, Histogram> histograms) {
        JsonLines lines = new JsonLines(histogramsFile);
        histograms.forEach((tag, histogram) -> {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put(STEP, step);
            line.put(TAG, tag);
            line.putAll(histogram.toMap());
            lines.write(line);
            events.histogram(line);
        });
        lines.flush();
    }

    private List<AppendableFile> optionalFiles() {
        return Stream.of(percentilesFile, histogramsFile)
                .filter(Objects::nonNull)
                .toList();
    }

    public static boolean hasTop5(int classes) {
        return classes >= CLASSES_FOR_TOP5;
    }

    static Map<String, Object> evaluationLine(long step, Split split, Evaluation evaluation, boolean withTop5) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(STEP, step);
        line.put("split", split.word());
        line.put(EXAMPLES, evaluation.examples());
        line.put(LOSS, evaluation.loss());
        line.put(TOP1, evaluation.top1());
        if (withTop5) {
            line.put(TOP5, evaluation.top5());
        }
        return line;
    }

    /** All that was written survives whatever comes. */
    void secure() throws IOException {
        stepsFile.secure();
        evaluationsFile.secure();
        events.secure();
        for (AppendableFile file : optionalFiles()) {
            file.secure();
        }
    }

    /** How many steps the log holds. */
    long steps() {
        return lines;
    }

    /** Examples that steps used. */
    long examples() {
        return examples;
    }

    double imagesPerSecond() {
        return seconds == 0 ? 0 : examples / seconds;
    }

    /** The first step whose loss or gradient was not finite; null if there was none. */
    Long divergedAt() {
        return divergedAt;
    }

    /** The last evaluation, or null. */
    Evaluation lastEvaluation() {
        return last;
    }

    /** Those of the run that is gone on with, in the order of their steps. */
    List<Evaluation> evaluationsBefore() {
        return Collections.unmodifiableList(before);
    }

    /** The evaluation after a step; null if it was not, or not yet, evaluated. */
    Evaluation evaluationOf(long step) {
        return lastEvaluated == step ? last : null;
    }

    @Override
    public void close() throws IOException {
        steps.close();
        evaluations.close();
        events.close();
        for (AppendableFile file : optionalFiles()) {
            file.close();
        }
    }
}
