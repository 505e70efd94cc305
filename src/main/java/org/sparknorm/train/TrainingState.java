package org.sparknorm.train;

import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Parameter;
import org.sparknorm.optim.Optimizer;

/**
 * What changes from step to step, and belongs to the driver: weights, running statistics, optimizer, number of updates.
 */
public final class TrainingState {
    private final Network network;
    private final float[] weights;
    private final float[] buffers;
    private final Optimizer optimizer;
    private long step;
    private long batchesTracked;

    /**
     * Takes over the arrays of the model.
     *
     * @param step how many updates were made before
     */
    public TrainingState(Network network, ModelTensors model, Optimizer optimizer, long step) {
        this.network = network;
        this.weights = model.weights();
        this.buffers = model.buffers();
        this.batchesTracked = model.batchesTracked();
        this.optimizer = optimizer;
        this.step = step;
    }

    /** The model as it is now, in the state's own arrays: of use until the next {@link #update}. */
    public ModelTensors model() {
        return new ModelTensors(weights, buffers, batchesTracked);
    }

    /**
     * The model that is evaluated and written, in arrays that {@link #update} may change: see {@link
     * Optimizer#evaluationWeights}.
     */
    public ModelTensors evaluationModel() {
        return new ModelTensors(optimizer.evaluationWeights(weights), buffers, batchesTracked);
    }

    /** What the optimizer keeps, in its own arrays: of use until the next {@link #update}. */
    public Optimizer.State optimizer() {
        return optimizer.state();
    }

    /** All weights; changed by {@link #update} in place. */
    public float[] weights() {
        return weights;
    }

    /** All running statistics; changed by {@link #update} in place. */
    public float[] buffers() {
        return buffers;
    }

    /** How many updates were made. */
    public long step() {
        return step;
    }

    /** Updates the running statistics first, then the weights. */
    void update(StepResult result, double learningRate) {
        network.updateBuffers(buffers, result.statistics(), StepStatistics.OBSERVATIONS);
        optimizer.step(weights, result.gradient(), learningRate);
        step++;
        batchesTracked++;
    }

    /** The first parameter in the order of the layers whose value in an array of all weights is not finite, or null. */
    public String firstNotFinite(float[] values) {
        if (isFinite(values)) {
            return null;
        }
        for (Parameter parameter : network.parameters()) {
            int end = parameter.offset() + parameter.size();
            for (int i = parameter.offset(); i < end; i++) {
                if (!Float.isFinite(values[i])) {
                    return parameter.name();
                }
            }
        }
        return null;
    }

    /**
     * g·0 is 0 for all finite numbers and NaN for the others; four sums at once, for each waits for its last addition.
     */
    private static boolean isFinite(float[] values) {
        float sum0 = 0;
        float sum1 = 0;
        float sum2 = 0;
        float sum3 = 0;
        int whole = values.length & ~3;
        for (int i = 0; i < whole; i += 4) {
            sum0 += values[i] * 0;
            sum1 += values[i + 1] * 0;
            sum2 += values[i + 2] * 0;
            sum3 += values[i + 3] * 0;
        }
        for (int i = whole; i < values.length; i++) {
            sum0 += values[i] * 0;
        }
        return sum0 + sum1 + sum2 + sum3 == 0;
    }
}
