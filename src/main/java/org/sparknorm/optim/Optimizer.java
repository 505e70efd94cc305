package org.sparknorm.optim;

import java.util.Map;
import org.sparknorm.config.OptimizerConfig;
import org.sparknorm.nn.Network;

/** Updates all weights in place from the gradient of a step. Keeps its state between steps. Formulas are PyTorch's. */
public interface Optimizer {
    /** The gradient is left as it was. */
    void step(float[] weights, float[] gradient, double learningRate);

    /** The weights that a model is evaluated and written with: those that are trained, or what is made of them. */
    default float[] outcome(float[] weights) {
        return weights;
    }

    /** All that it keeps from step to step. The arrays are its own: read them before the next step. */
    State state();

    /** Goes on from a state that {@link #state} gave. */
    void restore(State state);

    /**
     * What an optimizer keeps from step to step.
     *
     * @param steps updates made
     * @param arrays by PyTorch's names for them; each has a value for every weight, at the weight's place
     */
    record State(long steps, Map<String, float[]> arrays) {}

    /** The optimizer of a configuration for the parameters of a network. */
    static Optimizer of(OptimizerConfig config, Network network) {
        WeightDecay decay = WeightDecay.of(config, network);
        int count = network.weightCount();
        Adam.Rates rates = new Adam.Rates(config.beta1(), config.beta2(), config.epsilon());
        Optimizer optimizer = switch (config.name()) {
            case SGD -> new Sgd(count, config.momentum(), config.nesterov(), decay);
            case ADAM -> new Adam(count, rates, decay);
            case ADAMW -> new AdamW(count, rates, decay);
            case RMSPROP ->
                new RmsProp(
                        count,
                        new RmsProp.Rates(config.smoothing(), config.epsilon(), config.momentum(), config.centered()),
                        decay);
            case LARS -> new Lars(network.parameters(), count, config.trust(), config.momentum(), decay);
        };
        if (!config.clipNorm().isNone()) {
            optimizer = new ClippedGradient(config.clipNorm().value(), optimizer);
        }
        return config.averageDecay().isNone()
                ? optimizer
                : new AveragedWeights(count, config.averageDecay().value(), optimizer);
    }
}
