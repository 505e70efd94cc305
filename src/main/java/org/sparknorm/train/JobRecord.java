package org.sparknorm.train;

import java.util.ArrayList;
import java.util.List;

/** Records the steps of one job, and reports them to listeners when it has ended: its time is not known before. */
final class JobRecord {
    private final BatchPlan plan;
    private final long started = System.nanoTime();
    private final List<Made> steps = new ArrayList<>();
    private TaskTimes tasks = TaskTimes.ZERO;
    private StepTimes.OfDriver driver = StepTimes.OfDriver.NONE;
    private long optimizer;
    private long ended = started;

    /** What is known of a step when it is made. */
    private record Made(
            long step, long examples, double loss, double accuracy, double learningRate, String notFinite) {}

    JobRecord(BatchPlan plan) {
        this.plan = plan;
    }

    /** @param optimizerNanos how long the update took */
    void add(long step, StepResult result, double learningRate, String notFinite, long optimizerNanos) {
        steps.add(new Made(step, result.examples(), result.loss(), result.accuracy(), learningRate, notFinite));
        tasks = tasks.plus(result.times());
        driver = driver.plus(result.job());
        optimizer += optimizerNanos;
        ended = System.nanoTime();
    }

    /** Returns how many steps were made. */
    int count() {
        return steps.size();
    }

    /** Returns the time of all steps. */
    double seconds() {
        return StepTimes.seconds(ended - started);
    }

    void tell(List<TrainingListener> listeners) {
        StepTimes share = StepTimes.shareOf(count(), ended - started, tasks, driver, optimizer);
        for (Made made : steps) {
            TrainingListener.Step step = new TrainingListener.Step(
                    made.step(),
                    plan.epoch(made.step()),
                    made.examples(),
                    made.loss(),
                    made.accuracy(),
                    made.learningRate(),
                    seconds() / count(),
                    share,
                    made.notFinite());
            listeners.forEach(listener -> listener.onStep(step));
        }
    }
}
