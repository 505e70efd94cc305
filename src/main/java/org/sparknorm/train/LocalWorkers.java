package org.sparknorm.train;

import org.sparknorm.data.Split;
import org.sparknorm.report.Histogram;
import org.sparknorm.sync.Exchange;

/** All slices in this process, on threads, without Spark. The bits are those of every other {@link Workers}. */
public final class LocalWorkers implements Workers {
    private final SliceGroup training;
    private final SliceGroup validation;
    private final int permits;

    /**
     * @param training with all slices
     * @param validation with all slices, or null without validation examples
     * @param permits how many slices compute at once
     */
    public LocalWorkers(SliceGroup training, SliceGroup validation, int permits) {
        this.training = training;
        this.validation = validation;
        this.permits = permits;
    }

    @Override
    public StepResult step(TrainingState state, long step) {
        try {
            return training.step(step, state.weights(), permits, Exchange.NONE).result();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @Override
    public Evaluation evaluate(TrainingState state, Split split) {
        SliceGroup group = split == Split.TRAIN ? training : validation;
        try {
            return Evaluation.of(group.evaluate(state.weights(), state.buffers(), permits));
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @Override
    public float[] values(TrainingState state, Split split, Unit unit) {
        SliceGroup group = split == Split.TRAIN ? training : validation;
        try {
            return group.values(state.weights(), state.buffers(), permits, unit);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    @Override
    public Histogram histogram(TrainingState state, Split split, String layer) {
        SliceGroup group = split == Split.TRAIN ? training : validation;
        try {
            return new Histogram(group.histogram(state.weights(), state.buffers(), permits, layer)
                    .root());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted", e);
    }
}
