package org.sparknorm.run.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sparknorm.train.Evaluation;

/** Adds up the logs of a run for {@code result.json}. It receives their lines, old and new, in order. */
public final class RunTotals {
    private final List<Evaluation> evaluations = new ArrayList<>();
    private long steps;
    private long examples;
    private double seconds;
    private Long divergedAt;
    private long lastEvaluated;

    /** @param line a line of {@code steps.jsonl} */
    void addStep(Map<String, Object> line) {
        steps++;
        examples += (long) LogFields.number(line, LogFields.EXAMPLES);
        seconds += LogFields.number(line, LogFields.SECONDS);
        if (line.get(LogFields.NOT_FINITE) != null && divergedAt == null) {
            divergedAt = (long) LogFields.number(line, LogFields.STEP);
        }
    }

    /** @param line a line of {@code evaluations.jsonl} */
    void addEvaluation(Map<String, Object> line) {
        evaluations.add(new Evaluation(
                (long) LogFields.number(line, LogFields.EXAMPLES),
                LogFields.number(line, LogFields.LOSS),
                LogFields.number(line, LogFields.TOP1),
                LogFields.number(line, LogFields.TOP5)));
        lastEvaluated = (long) LogFields.number(line, LogFields.STEP);
    }

    public long steps() {
        return steps;
    }

    /** Returns the number of examples that the steps used; each counts as often as it was used. */
    public long examples() {
        return examples;
    }

    public double imagesPerSecond() {
        return seconds == 0 ? 0 : examples / seconds;
    }

    /** Returns the first step whose loss or gradient was not finite; null if there was none. */
    public Long divergedAt() {
        return divergedAt;
    }

    /** Returns the evaluations so far, in the order of their steps. */
    public List<Evaluation> evaluations() {
        return List.copyOf(evaluations);
    }

    /** Returns the last evaluation; null if there was none. */
    public Evaluation lastEvaluation() {
        return evaluations.isEmpty() ? null : evaluations.get(evaluations.size() - 1);
    }

    /** Returns the last evaluation if it was made after that step, otherwise null. */
    public Evaluation evaluationOf(long step) {
        return lastEvaluated == step ? lastEvaluation() : null;
    }
}
