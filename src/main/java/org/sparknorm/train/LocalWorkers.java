package org.sparknorm.train;

import java.util.function.Consumer;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.data.Split;
import org.sparknorm.sync.RemoteAllReduce;

/**
 * Workers that compute all slices on threads of this process, without Spark. They give the bits of all {@link Workers}.
 */
public final class LocalWorkers implements Workers {
    private final SliceGroup training;
    private final SliceGroup validation;
    private final int permits;

    /**
     * @param training all slices of the training examples
     * @param validation all slices of the validation examples, or null where there are none
     * @param permits how many slices compute at once
     */
    public LocalWorkers(SliceGroup training, SliceGroup validation, int permits) {
        this.training = training;
        this.validation = validation;
        this.permits = permits;
    }

    @Override
    public StepResult step(TrainingState state, long step) {
        return steps(state, step, 1, result -> {});
    }

    @Override
    public void steps(TrainingState state, double[] learningRates, Consumer<StepResult> made) {
        made.accept(steps(state, state.step() + 1, learningRates.length, made));
    }

    /** Makes the steps, and returns the last; {@code made} takes the others. */
    private StepResult steps(TrainingState state, long first, int count, Consumer<StepResult> made) {
        WeightUpdate update = (step, gradients) -> made.accept(gradients.result());
        try {
            return training.steps(first, count, state.weights(), permits, RemoteAllReduce.NONE, update)
                    .result();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @Override
    public <A> A infer(TrainingState state, Split split, InferenceTask<A> task) {
        SliceGroup group = split == Split.TRAIN ? training : validation;
        ModelTensors model = state.evaluationModel();
        try {
            return group.infer(model.weights(), model.buffers(), permits, task);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted", e);
    }
}
