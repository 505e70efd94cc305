package org.sparknorm.train;

import org.sparknorm.nn.Network;
import org.sparknorm.nn.Parameter;
import org.sparknorm.optim.Optimizer;

/** All that changes from step to step, owned by the driver: weights, running statistics, optimizer, number of updates. */
public final class TrainingState {
    private final Network network;
    private final float[] weights;
    private final float[] buffers;
    private final Optimizer optimizer;
    private long step;
    private long batchesTracked;

    /** @param batchesTracked how many steps the running statistics have seen before */
    public TrainingState(Network network, float[] weights, float[] buffers, long batchesTracked, Optimizer optimizer) {
        this.network = network;
        this.weights = weights;
        this.buffers = buffers;
        this.batchesTracked = batchesTracked;
        this.optimizer = optimizer;
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

    /** How many steps the running statistics have seen. */
    public long batchesTracked() {
        return batchesTracked;
    }

    /** Running statistics first, then the weights. */
    void update(StepResult result, double learningRate) {
        result.updateBuffers(network, buffers);
        optimizer.step(weights, result.gradient(), learningRate);
        step++;
        batchesTracked++;
    }

    /** The first parameter in the order of the layers whose gradient is not finite, or null. */
    String firstNotFinite(float[] gradient) {
        for (Parameter parameter : network.parameters()) {
            int end = parameter.offset() + parameter.size();
            for (int i = parameter.offset(); i < end; i++) {
                if (!Float.isFinite(gradient[i])) {
                    return parameter.name();
                }
            }
        }
        return null;
    }
}
