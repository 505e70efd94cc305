package org.sparknorm.optim;

import java.util.Map;

/**
 * Adam (Kingma and Ba 2015): m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², w ← w − rate/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε).
 */
final class Adam implements Optimizer {
    private static final String MEAN = "exp_avg";
    private static final String SQUARE = "exp_avg_sq";

    private final Rates rates;
    private final WeightDecay decay;
    private final float[] mean;
    private final float[] square;
    private long steps;

    /**
     * The constants of the formula.
     *
     * @param beta1 weight of the old average of gradients
     * @param beta2 weight of the old average of their squares
     * @param epsilon keeps the division finite
     */
    record Rates(double beta1, double beta2, double epsilon) {}

    Adam(int weightCount, Rates rates, WeightDecay decay) {
        this.rates = rates;
        this.decay = decay;
        this.mean = new float[weightCount];
        this.square = new float[weightCount];
    }

    @Override
    public void step(float[] weights, float[] gradient, double learningRate) {
        steps++;
        float beta1 = (float) rates.beta1();
        float beta2 = (float) rates.beta2();
        float rest1 = (float) (1 - rates.beta1());
        float rest2 = (float) (1 - rates.beta2());
        float epsilon = (float) rates.epsilon();
        float rate = (float) (learningRate / (1 - StrictMath.pow(rates.beta1(), (double) steps)));
        float squareCorrection = (float) Math.sqrt(1 - StrictMath.pow(rates.beta2(), (double) steps));
        for (int i = 0; i < weights.length; i++) {
            float g = decay.gradient(weights, gradient, i);
            mean[i] = beta1 * mean[i] + rest1 * g;
            square[i] = beta2 * square[i] + rest2 * g * g;
            weights[i] -= rate * (mean[i] / ((float) Math.sqrt(square[i]) / squareCorrection + epsilon));
        }
    }

    @Override
    public State state() {
        return new State(steps, Map.of(MEAN, mean, SQUARE, square));
    }

    @Override
    public void restore(State state) {
        steps = state.steps();
        state.copyInto(state());
    }
}
