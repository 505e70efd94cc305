package org.sparknorm.train;

import java.util.function.Consumer;
import org.sparknorm.data.Split;

/** Makes the gradients of steps, and runs inference: on threads of this process, or on the executors of a cluster. */
public interface Workers {
    /** Returns the gradient of one step at the state's weights. A pure function of (state, step). */
    StepResult step(TrainingState state, long step);

    /**
     * Makes the next steps of the state as one job, all in one epoch. The bits are those of steps one by one.
     *
     * @param learningRates one for each of the steps
     * @param made takes each result and brings the state up to its step before it returns; on whatever thread, one
     *     after the other. What it throws ends the job
     */
    void steps(TrainingState state, double[] learningRates, Consumer<StepResult> made);

    /** Asks the model about all examples of a split, in inference mode. */
    <A> A infer(TrainingState state, Split split, InferenceTask<A> task);

    /** Evaluates the model on a split. */
    default Evaluation evaluate(TrainingState state, Split split) {
        return Evaluation.of(infer(state, split, new InferenceTask.Evaluate()));
    }
}
