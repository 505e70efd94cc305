package org.sparknorm.optim;

import java.util.Arrays;
import java.util.List;
import org.sparknorm.config.OptimizerConfig;
import org.sparknorm.nn.Parameter;

/**
 * L2 regularization: adds coefficient·w to the gradient of the weights it acts on, or shrinks these weights apart from
 * the gradient.
 *
 * @param acts for each element of the array of weights, whether the decay acts on it
 */
record WeightDecay(float coefficient, boolean[] acts) {
    static WeightDecay of(OptimizerConfig config, List<Parameter> parameters, int weightCount) {
        boolean[] acts = new boolean[weightCount];
        for (Parameter parameter : parameters) {
            boolean decayed = config.decayAll() || parameter.role().isWeight();
            Arrays.fill(acts, parameter.offset(), parameter.offset() + parameter.size(), decayed);
        }
        return new WeightDecay((float) config.weightDecay(), acts);
    }

    /** Whether the decay changes the weight at an index. */
    boolean actsOn(int index) {
        return coefficient != 0 && acts[index];
    }

    /** The gradient at an index with the decay added. */
    float gradient(float[] weights, float[] gradient, int index) {
        return actsOn(index) ? gradient[index] + coefficient * weights[index] : gradient[index];
    }

    /** w ← w · (1 − rate·coefficient) wherever it acts. */
    void shrink(float[] weights, double learningRate) {
        float factor = (float) (1 - learningRate * coefficient);
        for (int i = 0; i < weights.length; i++) {
            if (actsOn(i)) {
                weights[i] *= factor;
            }
        }
    }
}
