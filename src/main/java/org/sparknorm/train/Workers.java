package org.sparknorm.train;

import java.util.function.Consumer;
import org.sparknorm.data.Split;
import org.sparknorm.report.Histogram;

/** Where the gradients of steps come from: threads here, executors on a cluster. */
public interface Workers {
    /** The gradient of one step at the state's weights. A pure function of (state, step). */
    StepResult step(TrainingState state, long step);

    /**
     * The next steps of the state as one job, all in one epoch. The bits are those of steps one by one.
     *
     * @param learningRates of each of the steps
     * @param made takes each result and brings the state up to its step before it returns; on whatever thread, one after
     *     the other. What it throws ends the job
     */
    void steps(TrainingState state, double[] learningRates, Consumer<StepResult> made);

    /** Inference over all examples of a split. */
    Evaluation evaluate(TrainingState state, Split split);

    /** What a unit gives, before any activation, at all examples of a split in inference, in no order. */
    float[] values(TrainingState state, Split split, ChannelId unit);

    /** How all that a layer gives there is distributed. */
    Histogram histogram(TrainingState state, Split split, String layer);
}
