package org.sparknorm.run.files;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.report.Histogram;
import org.sparknorm.train.ChannelId;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.TrainingListener;

/**
 * Writes the logs of a run: one line of JSON for each step, evaluation, set of percentiles and histogram, and the same
 * for TensorBoard. The lines of a run that is continued are kept up to the checkpoint.
 */
public final class RunLog implements TrainingListener, AutoCloseable {
    private static final long FLUSH_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** The smallest number of classes for which top-5 is reported; with five or fewer it is always 1. */
    private static final int CLASSES_FOR_TOP5 = 6;

    /** The logs by the names of their files. */
    private final Map<String, LogFile> files = new LinkedHashMap<>();

    private final RunTotals totals = new RunTotals();
    private final EventLog events;
    private final boolean withTop5;
    private long lastFlush = System.nanoTime();

    /**
     * Says where the logs begin.
     *
     * @param logs folder whose logs are continued
     * @param step last step whose lines are kept
     */
    public record Start(Path logs, long step) {}

    /** @param classes number of classes of the model */
    public RunLog(RunFolder folder, RunConfig config, int classes, Start start) throws IOException {
        withTop5 = hasTop5(classes);
        events = new EventLog(folder);
        open(folder, start, RunFolder.STEPS, LogFields.SECONDS, this::addStep);
        open(folder, start, RunFolder.EVALUATIONS, LogFields.TOP1, this::addEvaluation);
        if (config.recordPercentiles().isOn()) {
            open(folder, start, RunFolder.PERCENTILES, LogFields.LAYER, events::percentiles);
        }
        if (config.recordHistograms().isOn()) {
            open(folder, start, RunFolder.HISTOGRAMS, LogFields.TAG, events::histogram);
        }
    }

    /**
     * @param member member that a line must have to be kept
     * @param reader receives the lines that are kept
     */
    private void open(RunFolder folder, Start start, String name, String member, Consumer<Map<String, Object>> reader)
            throws IOException {
        files.put(name, new LogFile(folder, name, start.logs(), line -> {
            boolean isKept = line.containsKey(member) && LogFields.number(line, LogFields.STEP) <= start.step();
            if (isKept) {
                reader.accept(line);
            }
            return isKept;
        }));
    }

    private void addStep(Map<String, Object> line) {
        totals.addStep(line);
        events.step(line);
    }

    private void addEvaluation(Map<String, Object> line) {
        totals.addEvaluation(line);
        events.evaluation(line);
    }

    @Override
    public void onStep(Step step) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(LogFields.STEP, step.step());
        line.put(LogFields.EPOCH, step.epoch());
        line.put(LogFields.EXAMPLES, step.examples());
        line.put(LogFields.LOSS, step.loss());
        line.put(LogFields.ACCURACY, step.accuracy());
        line.put(LogFields.LEARNING_RATE, step.learningRate());
        line.put(LogFields.SECONDS, step.seconds());
        line.put(LogFields.SECONDS_OF, step.times());
        if (step.notFinite() != null) {
            line.put(LogFields.NOT_FINITE, step.notFinite());
        }
        files.get(RunFolder.STEPS).write(line);
        addStep(line);
        if (System.nanoTime() - lastFlush > FLUSH_NANOS) {
            flush(RunFolder.STEPS);
            lastFlush = System.nanoTime();
        }
    }

    @Override
    public void onEvaluation(long step, Split split, Evaluation evaluation) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(LogFields.STEP, step);
        line.put(LogFields.SPLIT, split.word());
        line.put(LogFields.EXAMPLES, evaluation.examples());
        line.put(LogFields.LOSS, evaluation.loss());
        line.put(LogFields.TOP1, evaluation.top1());
        if (withTop5) {
            line.put(LogFields.TOP5, evaluation.top5());
        }
        files.get(RunFolder.EVALUATIONS).write(line);
        addEvaluation(line);
        flush(RunFolder.EVALUATIONS);
    }

    /** @param values the percentiles of {@link LogFields#PERCENTILES} */
    public void percentiles(long step, ChannelId unit, List<Double> values) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(LogFields.STEP, step);
        line.put(LogFields.LAYER, unit.layer());
        line.put(LogFields.UNIT, unit.channel());
        for (int i = 0; i < values.size(); i++) {
            line.put(LogFields.percentile(LogFields.PERCENTILES.get(i)), values.get(i));
        }
        files.get(RunFolder.PERCENTILES).write(line);
        events.percentiles(line);
        flush(RunFolder.PERCENTILES);
    }

    /** @param histograms histograms by the name of a parameter or, for outputs, of a layer */
    public void histograms(long step, Map<String, Histogram> histograms) {
        histograms.forEach((tag, histogram) -> {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put(LogFields.STEP, step);
            line.put(LogFields.TAG, tag);
            line.putAll(histogram.toMap());
            files.get(RunFolder.HISTOGRAMS).write(line);
            events.histogram(line);
        });
        flush(RunFolder.HISTOGRAMS);
    }

    private void flush(String name) {
        files.get(name).flush();
        events.flush();
    }

    /** Whether top-5, the accuracy among the five likeliest classes, is reported. */
    public static boolean hasTop5(int classes) {
        return classes >= CLASSES_FOR_TOP5;
    }

    public RunTotals totals() {
        return totals;
    }

    /** Makes all that was written survive a crash of the process and of the machine. */
    public void secure() throws IOException {
        events.secure();
        for (LogFile file : files.values()) {
            file.secure();
        }
    }

    @Override
    public void close() throws IOException {
        events.close();
        for (LogFile file : files.values()) {
            file.close();
        }
    }
}
