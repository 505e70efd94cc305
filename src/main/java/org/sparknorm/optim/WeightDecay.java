package org.sparknorm.optim;

import java.util.Arrays;
import org.sparknorm.config.OptimizerConfig;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Parameter;

/**
 * L2 regularization: adds coefficient·w to the gradient of the weights it acts on, or takes its share off them beside it.
 *
 * @param acts for each element of the array of weights
 */
record WeightDecay(float coefficient, boolean[] acts) {
    static WeightDecay of(OptimizerConfig config, Network network) {
        boolean[] acts = new boolean[network.weightCount()];
        for (Parameter parameter : network.parameters()) {
            boolean decayed = config.decayAll() || parameter.role().isWeight();
            Arrays.fill(acts, parameter.offset(), parameter.offset() + parameter.size(), decayed);
        }
        return new WeightDecay((float) config.weightDecay(), acts);
    }

    /** Whether it changes the weight at an index. */
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
