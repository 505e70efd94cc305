package org.sparknorm.optim;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * RMSProp (Tieleman and Hinton 2012; centered: Graves 2013), as PyTorch's: v ← αv + (1−α)g², w ← w − rate · g/(√v + ε);
 * centered with √(v − m²) for m ← αm + (1−α)g; with momentum b ← momentum·b + g/(√v + ε), w ← w − rate·b.
 */
final class RmsProp implements Optimizer {
    private static final String SQUARE = "square_avg";
    private static final String MEAN = "grad_avg";
    private static final String BUFFER = "momentum_buffer";

    private final float smoothing;
    private final float rest;
    private final float epsilon;
    private final float momentum;
    private final WeightDecay decay;
    private final float[] square;
    /** Null unless centered. */
    private final float[] mean;
    /** Null without momentum. */
    private final float[] momentumBuffer;

    private long steps;

    /**
     * The constants of the formula.
     *
     * @param smoothing α, weight of the old average
     */
    record Rates(double smoothing, double epsilon, double momentum, boolean centered) {}

    RmsProp(int weightCount, Rates rates, WeightDecay decay) {
        this.smoothing = (float) rates.smoothing();
        this.rest = (float) (1 - rates.smoothing());
        this.epsilon = (float) rates.epsilon();
        this.momentum = (float) rates.momentum();
        this.decay = decay;
        this.square = new float[weightCount];
        this.mean = rates.centered() ? new float[weightCount] : null;
        this.momentumBuffer = rates.momentum() == 0 ? null : new float[weightCount];
    }

    @Override
    public void step(float[] weights, float[] gradient, double learningRate) {
        steps++;
        float rate = (float) learningRate;
        for (int i = 0; i < weights.length; i++) {
            float g = decay.gradient(weights, gradient, i);
            square[i] = smoothing * square[i] + rest * g * g;
            float update = g / ((float) Math.sqrt(variance(g, i)) + epsilon);
            if (momentumBuffer != null) {
                momentumBuffer[i] = momentum * momentumBuffer[i] + update;
                update = momentumBuffer[i];
            }
            weights[i] -= rate * update;
        }
    }

    /** The variance, which rounding must not take below 0; the mean square where the optimizer is not centered. */
    private float variance(float g, int i) {
        if (mean == null) {
            return square[i];
        }
        mean[i] = smoothing * mean[i] + rest * g;
        return Math.max(0, square[i] - mean[i] * mean[i]);
    }

    @Override
    public State state() {
        Map<String, float[]> arrays = new LinkedHashMap<>();
        arrays.put(SQUARE, square);
        if (mean != null) {
            arrays.put(MEAN, mean);
        }
        if (momentumBuffer != null) {
            arrays.put(BUFFER, momentumBuffer);
        }
        return new State(steps, arrays);
    }

    @Override
    public void restore(State state) {
        steps = state.steps();
        state.copyInto(state());
    }
}
