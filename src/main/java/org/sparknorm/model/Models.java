package org.sparknorm.model;

import org.sparknorm.config.ModelConfig;
import org.sparknorm.nn.Initializer;
import org.sparknorm.nn.Network;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Shape;

/** Builds the network that a configuration names. */
public final class Models {
    private Models() {}

    /**
     * @param input shape of one example
     * @throws IllegalArgumentException if the network does not fit such examples
     */
    public static Network build(ModelConfig config, Shape input, int classes, Blas blas) {
        boolean takesVectors = config.name() == ModelConfig.Name.MLP || config.name() == ModelConfig.Name.TRANSFORMER;
        if (!takesVectors && input.rank() != 3) {
            throw new IllegalArgumentException(
                    "the model needs images of height, width and channels, examples have shape " + input);
        }
        return new Network(
                switch (config.name()) {
                    case MLP -> Mlp.layers(config, input, classes, blas);
                    case CNN -> SmallCnn.layers(config, input, classes, blas);
                    case RESNET20 -> ResNet.resnet20(config, input, classes, blas);
                    case RESNET50 -> ResNet.resnet50(config, input, classes, blas);
                    case BN_INCEPTION -> BnInception.layers(config, input, classes, blas);
                    case TRANSFORMER -> TransformerClassifier.layers(config, input, classes, blas);
                },
                input);
    }

    /** The initialization of weights that a configuration names. */
    public static Initializer initializer(ModelConfig config) {
        return new Initializer(
                config.init().nameFor(config.activation()),
                config.init().deviation().optional().orElse(0.0),
                config.init().convolutionScale());
    }
}
