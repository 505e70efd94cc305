package org.sparknorm.model;

import org.sparknorm.config.ModelConfig;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Initializer;
import org.sparknorm.nn.Network;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Shape;

/** Builds the network that a configuration names. */
public final class Models {
    private Models() {}

    /**
     * @param input shape of one example
     * @throws IllegalArgumentException if the network does not fit it
     */
    public static Network build(ModelConfig config, Shape input, int classes, Blas blas) {
        return switch (config.name()) {
            case MLP -> new Network(Mlp.layers(config, input.size(), classes, blas), input);
        };
    }

    /** How the weights of a configuration begin. */
    public static Initializer initializer(ModelConfig config) {
        Initializer.Kind kind = switch (config.init().nameFor(config.activation())) {
            case HE -> Initializer.Kind.HE;
            case XAVIER -> Initializer.Kind.XAVIER;
            case GAUSSIAN -> Initializer.Kind.GAUSSIAN;
            case TRUNCATED_GAUSSIAN -> Initializer.Kind.TRUNCATED_GAUSSIAN;
        };
        return new Initializer(kind, config.init().deviation().optional().orElse(0.0));
    }

    static Activation.Kind activation(ModelConfig config) {
        return switch (config.activation()) {
            case RELU -> Activation.Kind.RELU;
            case SIGMOID -> Activation.Kind.SIGMOID;
            case TANH -> Activation.Kind.TANH;
        };
    }
}
