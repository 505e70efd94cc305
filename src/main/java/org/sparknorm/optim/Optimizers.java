package org.sparknorm.optim;

import java.util.List;
import java.util.Set;
import org.sparknorm.config.OptimizerConfig;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Parameter;

/** Makes the optimizer that a configuration names. */
public final class Optimizers {
    private Optimizers() {}

    /** Makes an optimizer for the parameters of a network. */
    public static Optimizer of(OptimizerConfig config, Network network) {
        return of(config, network.parameters(), network.weightCount());
    }

    /** The names of the arrays in the optimizer's {@linkplain Optimizer#state state}, each as large as all weights. */
    public static Set<String> arrays(OptimizerConfig config) {
        return of(config, List.of(), 0).state().arrays().keySet();
    }

    private static Optimizer of(OptimizerConfig config, List<Parameter> parameters, int weightCount) {
        WeightDecay decay = WeightDecay.of(config, parameters, weightCount);
        Optimizer optimizer = named(config, parameters, weightCount, decay);
        if (!config.clipNorm().isNone()) {
            optimizer = new ClippedGradient(config.clipNorm().value(), optimizer);
        }
        return config.averageDecay().isNone()
                ? optimizer
                : new AveragedWeights(weightCount, config.averageDecay().value(), optimizer);
    }

    private static Optimizer named(
            OptimizerConfig config, List<Parameter> parameters, int weightCount, WeightDecay decay) {
        Adam.Rates rates = new Adam.Rates(config.beta1(), config.beta2(), config.epsilon());
        return switch (config.name()) {
            case SGD -> new Sgd(weightCount, config.momentum(), config.nesterov(), decay);
            case ADAM -> new Adam(weightCount, rates, decay);
            case ADAMW -> new AdamW(weightCount, rates, decay);
            case RMSPROP ->
                new RmsProp(
                        weightCount,
                        new RmsProp.Rates(config.smoothing(), config.epsilon(), config.momentum(), config.centered()),
                        decay);
            case LARS -> new Lars(parameters, weightCount, config.trust(), config.momentum(), decay);
        };
    }
}
