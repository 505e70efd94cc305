package org.sparknorm.model;

import java.util.ArrayList;
import java.util.List;
import org.sparknorm.config.ModelConfig;
import org.sparknorm.config.ModelConfig.NormPosition;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Conv2d;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Linear;
import org.sparknorm.nn.norm.BatchNorm;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.ChannelSums;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Window;

/**
 * What all networks are made of: a convolution or a linear layer with the norm and the activation that the configuration
 * names, in its order. A norm directly behind its layer takes the place of the layer's bias, unless biases are asked for.
 */
final class Units {
    private final ModelConfig config;
    private final Blas blas;
    private final NormPosition position;

    Units(ModelConfig config, Blas blas) {
        this.config = config;
        this.blas = blas;
        this.position = config.normPositionOrDefault();
    }

    /**
     * A convolution.
     *
     * @param name of the convolution
     * @param norm name of its norm
     * @param nearestToImages whether nothing is trained before it
     */
    record Convolution(String name, String norm, int channels, int filters, Window window, boolean nearestToImages) {}

    /** The activation of the configuration. */
    Activation.Kind activation() {
        return switch (config.activation()) {
            case RELU -> Activation.Kind.RELU;
            case SIGMOID -> Activation.Kind.SIGMOID;
            case TANH -> Activation.Kind.TANH;
        };
    }

    /** A convolution with norm and activation. */
    List<Layer> of(Convolution unit) {
        return of(unit, activation());
    }

    /** The same with another activation, which may be none. */
    List<Layer> of(Convolution unit, Activation.Kind activation) {
        Conv2d layer = new Conv2d(
                new Conv2d.Specification(
                        unit.name(),
                        unit.channels(),
                        unit.filters(),
                        unit.window(),
                        hasBias(),
                        !unit.nearestToImages()),
                blas);
        boolean gathers = normIsDirectlyBehind() || normRectifies(activation);
        ChannelSums gathered = gathers ? layer.gatherStatistics(normRectifies(activation)) : null;
        return complete(layer, unit.norm(), unit.filters(), activation, gathered);
    }

    /**
     * A linear layer with norm and activation.
     *
     * @param image shape of the images it sees flattened; null for vectors
     */
    List<Layer> linear(String name, String norm, int in, int out, Shape image, boolean nearestToInput) {
        Linear.Specification specification = new Linear.Specification(name, in, out, hasBias(), !nearestToInput);
        Linear layer =
                image == null ? new Linear(specification, blas) : Linear.behindImages(specification, image, blas);
        return complete(layer, norm, out, activation(), null);
    }

    /** The last layer: a logit a class, with biases. */
    Layer classifier(String name, int in, int classes) {
        return new Linear(new Linear.Specification(name, in, classes, true, true), blas);
    }

    private List<Layer> complete(
            Layer layer, String name, int channels, Activation.Kind activation, ChannelSums gathered) {
        List<Layer> layers = new ArrayList<>(List.of(layer));
        if (normIsDirectlyBehind()) {
            layers.add(norm(name, channels, false, activation, gathered));
            return layers;
        }
        if (normRectifies(activation)) {
            layers.add(norm(name, channels, true, Activation.Kind.NONE, gathered));
            return layers;
        }
        if (activation != Activation.Kind.NONE) {
            layers.add(new Activation(activation));
        }
        if (hasNorm()) {
            layers.add(norm(name, channels, false, Activation.Kind.NONE, null));
        }
        return layers;
    }

    /** Whether the norm behind the activation can do that, too. */
    private boolean normRectifies(Activation.Kind activation) {
        return hasNorm() && !normIsDirectlyBehind() && activation == Activation.Kind.RELU;
    }

    private Layer norm(
            String name, int channels, boolean rectifiesInput, Activation.Kind activation, ChannelSums gathered) {
        return new BatchNorm(
                new BatchNorm.Specification(
                        name,
                        channels,
                        config.normEpsilon(),
                        config.normDecay(),
                        config.normSynchronized(),
                        rectifiesInput,
                        activation),
                gathered);
    }

    private boolean hasNorm() {
        return config.norm() != ModelConfig.Norm.NONE;
    }

    private boolean normIsDirectlyBehind() {
        return hasNorm() && position == NormPosition.BEFORE;
    }

    private boolean hasBias() {
        return config.bias() == ModelConfig.Bias.TRUE || !normIsDirectlyBehind();
    }

    /** A number of channels under {@code model.width}. */
    int width(int channels) {
        return Math.max(1, (int) Math.round(channels * config.width()));
    }
}
