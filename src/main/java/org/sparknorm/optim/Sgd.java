package org.sparknorm.optim;

import java.util.Map;

/**
 * Stochastic gradient descent: b ← momentum·b + g (b = g at the first step), w ← w − rate·b; with Nesterov's momentum w
 * ← w − rate·(g + momentum·b).
 */
final class Sgd implements Optimizer {
    private static final String BUFFER = "momentum_buffer";

    private final float momentum;
    private final boolean nesterov;
    private final WeightDecay decay;
    /** Null without momentum. */
    private final float[] momentumBuffer;

    private long steps;

    Sgd(int weightCount, double momentum, boolean nesterov, WeightDecay decay) {
        this.momentum = (float) momentum;
        this.nesterov = nesterov;
        this.decay = decay;
        this.momentumBuffer = momentum == 0 ? null : new float[weightCount];
    }

    @Override
    public void step(float[] weights, float[] gradient, double learningRate) {
        steps++;
        float rate = (float) learningRate;
        if (momentumBuffer == null) {
            for (int i = 0; i < weights.length; i++) {
                weights[i] -= rate * decay.gradient(weights, gradient, i);
            }
            return;
        }
        for (int i = 0; i < weights.length; i++) {
            float g = decay.gradient(weights, gradient, i);
            float b = momentum * momentumBuffer[i] + g;
            momentumBuffer[i] = b;
            weights[i] -= rate * (nesterov ? g + momentum * b : b);
        }
    }

    @Override
    public State state() {
        return new State(steps, momentumBuffer == null ? Map.of() : Map.of(BUFFER, momentumBuffer));
    }

    @Override
    public void restore(State state) {
        steps = state.steps();
        state.copyInto(state());
    }
}
