package org.sparknorm.train;

import org.sparknorm.data.Split;

/** Sees a run as it happens, on the thread of the loop; its time is not counted as that of a step. */
public interface TrainingListener {
    /**
     * A step that was made.
     *
     * @param step the number of the update, from 1
     * @param loss mean over the examples, before the update
     * @param seconds wall-clock time since the end of the step before; of a job of several, an equal share
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

    /** Whether it wants the state as it is after that step: a job of several steps ends there. */
    default boolean wantsState(long step) {
        return false;
    }

    /** Whether the run is to end after this step and its evaluation, before its last. */
    default boolean endsRun() {
        return false;
    }

    /** After every step for which some listener wants the state, and its evaluation: the state is that of the step until this returns. */
    default void onStepEnd(TrainingState state) {}
}
