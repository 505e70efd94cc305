package org.sparknorm.train;

import org.sparknorm.data.Split;

/** Follows a run, on the thread of the training loop. The time it takes is not counted as that of a step. */
public interface TrainingListener {
    /**
     * A step that was made.
     *
     * @param step the number of the update, from 1
     * @param loss mean over the examples, before the update
     * @param seconds wall-clock time since the end of the step before; in a job of several steps, an equal share
     * @param times where it went
     * @param notFinite the gradient of the first parameter that is not finite, or the loss, in words; null as a rule
     */
    record Step(
            long step,
            long epoch,
            long examples,
            double loss,
            double accuracy,
            double learningRate,
            double seconds,
            StepTimes times,
            String notFinite) {}

    default void onStep(Step step) {}

    default void onEvaluation(long step, Split split, Evaluation evaluation) {}

    /** Whether this listener wants the state as it is after that step: a job of several steps ends there. */
    default boolean wantsState(long step) {
        return false;
    }

    /** Whether the run is to end after this step and its evaluation, before its last. */
    default boolean endsRun() {
        return false;
    }

    /**
     * Called after every step for which some listener wants the state, and after its evaluation. The state is that of
     * the step until this returns.
     */
    default void onStepEnd(TrainingState state) {}
}
