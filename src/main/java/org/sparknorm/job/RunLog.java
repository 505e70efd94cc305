package org.sparknorm.job;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sparknorm.data.Split;
import org.sparknorm.report.JsonLines;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.TrainingListener;

/** Writes {@code steps.jsonl} and {@code evaluations.jsonl}, and keeps what {@code result.json} sums up. */
final class RunLog implements TrainingListener, AutoCloseable {
    private static final long FLUSH_NANOS = 1_000_000_000L;
    /** With fewer classes a hit among five says nothing. */
    private static final int CLASSES_FOR_TOP5 = 6;

    private final JsonLines steps;
    private final JsonLines evaluations;
    private final boolean withTop5;
    private long lastFlush = System.nanoTime();
    private long examples;
    private double seconds;
    private Evaluation last;

    RunLog(RunFolder folder, int classes) throws IOException {
        steps = new JsonLines(folder.openLog(RunFolder.STEPS));
        evaluations = new JsonLines(folder.openLog(RunFolder.EVALUATIONS));
        withTop5 = classes >= CLASSES_FOR_TOP5;
    }

    @Override
    public void onStep(Step step) {
        examples += step.examples();
        seconds += step.seconds();
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("step", step.step());
        line.put("epoch", step.epoch());
        line.put("examples", step.examples());
        line.put("loss", step.loss());
        line.put("accuracy", step.accuracy());
        line.put("learningRate", step.learningRate());
        line.put("seconds", step.seconds());
        steps.write(line);
        if (System.nanoTime() - lastFlush > FLUSH_NANOS) {
            steps.flush();
            lastFlush = System.nanoTime();
        }
    }

    @Override
    public void onEvaluation(long step, Split split, Evaluation evaluation) {
        last = evaluation;
        evaluations.write(evaluationLine(step, split, evaluation, withTop5));
        evaluations.flush();
    }

    static boolean hasTop5(int classes) {
        return classes >= CLASSES_FOR_TOP5;
    }

    static Map<String, Object> evaluationLine(long step, Split split, Evaluation evaluation, boolean withTop5) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("step", step);
        line.put("split", split.word());
        line.put("examples", evaluation.examples());
        line.put("loss", evaluation.loss());
        line.put("top1", evaluation.top1());
        if (withTop5) {
            line.put("top5", evaluation.top5());
        }
        return line;
    }

    /** Examples that steps used. */
    long examples() {
        return examples;
    }

    double imagesPerSecond() {
        return seconds == 0 ? 0 : examples / seconds;
    }

    /** The last evaluation, or null. */
    Evaluation lastEvaluation() {
        return last;
    }

    @Override
    public void close() throws IOException {
        steps.close();
        evaluations.close();
    }
}
