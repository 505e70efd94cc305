package org.sparknorm.train;

import org.sparknorm.data.Split;

/** Sees a run as it happens, on the thread of the loop; its time is not counted as that of a step. */
public interface TrainingListener {
    /**
     * A step that was made.
     *
     * @param step the number of the update, from 1
     * @param loss mean over the examples, before the update
     * @param seconds wall-clock time since the end of the step before
     * @param exchangeSeconds the longest time a task waited for the statistics of others
     */
    record Step(
            long step,
            long epoch,
            long examples,
            double loss,
            double accuracy,
            double learningRate,
            double seconds,
            double exchangeSeconds) {}

    void onStep(Step step);

    void onEvaluation(long step, Split split, Evaluation evaluation);
}
