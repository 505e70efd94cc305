package org.sparknorm.optim;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps an exponential moving average of the weights that another optimizer updates: a ← a + (1 − decay)·(w − a), a = w
 * after the first update, as PyTorch's {@code AveragedModel} with {@code get_ema_avg_fn} (Polyak and Juditsky 1992).
 * The trained weights are not changed.
 */
final class AveragedWeights implements Optimizer {
    private static final String AVERAGE = "average";

    private final float rest;
    private final Optimizer optimizer;
    private final float[] average;
    private boolean hasBegun;

    AveragedWeights(int weightCount, double decay, Optimizer optimizer) {
        this.rest = (float) (1 - decay);
        this.optimizer = optimizer;
        this.average = new float[weightCount];
    }

    @Override
    public void step(float[] weights, float[] gradient, double learningRate) {
        optimizer.step(weights, gradient, learningRate);
        if (!hasBegun) {
            System.arraycopy(weights, 0, average, 0, average.length);
            hasBegun = true;
            return;
        }
        for (int i = 0; i < weights.length; i++) {
            average[i] += rest * (weights[i] - average[i]);
        }
    }

    @Override
    public float[] evaluationWeights(float[] weights) {
        return hasBegun ? average : weights;
    }

    @Override
    public State state() {
        State trained = optimizer.state();
        Map<String, float[]> arrays = new LinkedHashMap<>(trained.arrays());
        arrays.put(AVERAGE, average);
        return new State(trained.steps(), arrays);
    }

    @Override
    public void restore(State state) {
        optimizer.restore(state);
        System.arraycopy(state.arrays().get(AVERAGE), 0, average, 0, average.length);
        hasBegun = state.steps() > 0;
    }
}
