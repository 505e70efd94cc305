package org.sparknorm.model;

import java.util.ArrayList;
import java.util.List;
import org.sparknorm.config.ModelConfig;
import org.sparknorm.config.ModelConfig.NormPosition;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Flatten;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Linear;
import org.sparknorm.nn.Sequential;
import org.sparknorm.nn.norm.BatchNorm;
import org.sparknorm.tensor.Blas;

/**
 * Fully connected layers {@code fc1 .. fcN}, each with a norm {@code bnI} before or behind its activation, and {@code
 * fc(N+1)} for the classes. The network of the paper's section 4.1 is 784-100-100-100-10 with sigmoids.
 */
final class Mlp {
    private Mlp() {}

    static Layer layers(ModelConfig config, int inputs, int classes, Blas blas) {
        boolean norm = config.norm() != ModelConfig.Norm.NONE;
        boolean normDirectlyBehind = norm && config.normPosition() == NormPosition.BEFORE;
        boolean hiddenBias = config.bias() == ModelConfig.Bias.TRUE || !normDirectlyBehind;
        List<Layer> layers = new ArrayList<>();
        layers.add(new Flatten());
        int width = inputs;
        int number = 1;
        for (int next : config.hidden()) {
            layers.add(new Linear(new Linear.Specification("fc" + number, width, next, hiddenBias, number > 1), blas));
            if (normDirectlyBehind) {
                layers.add(norm(config, number, next));
            }
            layers.add(new Activation(Models.activation(config)));
            if (norm && !normDirectlyBehind) {
                layers.add(norm(config, number, next));
            }
            width = next;
            number++;
        }
        layers.add(new Linear(new Linear.Specification("fc" + number, width, classes, true, number > 1), blas));
        return new Sequential(layers);
    }

    private static Layer norm(ModelConfig config, int number, int channels) {
        return new BatchNorm(new BatchNorm.Specification(
                "bn" + number, channels, config.normEpsilon(), config.normDecay(), config.normSynchronized()));
    }
}
