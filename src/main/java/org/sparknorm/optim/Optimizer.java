package org.sparknorm.optim;

import org.sparknorm.config.OptimizerConfig;
import org.sparknorm.nn.Network;

/** Updates all weights in place from the gradient of a step. Keeps its state between steps. Formulas are PyTorch's. */
public interface Optimizer {
    /** The gradient is left as it was. */
    void step(float[] weights, float[] gradient, double learningRate);

    /** The optimizer of a configuration for the parameters of a network. */
    static Optimizer of(OptimizerConfig config, Network network) {
        WeightDecay decay = WeightDecay.of(config, network);
        return switch (config.name()) {
            case SGD -> new Sgd(network.weightCount(), config.momentum(), config.nesterov(), decay);
            case ADAM ->
                new Adam(
                        network.weightCount(), new Adam.Rates(config.beta1(), config.beta2(), config.epsilon()), decay);
        };
    }
}
