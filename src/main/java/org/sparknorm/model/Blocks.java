package org.sparknorm.model;

import java.util.ArrayList;
import java.util.List;
import org.sparknorm.config.ModelConfig;
import org.sparknorm.config.ModelConfig.NormPosition;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Conv2d;
import org.sparknorm.nn.Dropout;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Linear;
import org.sparknorm.nn.SequenceLengths;
import org.sparknorm.nn.norm.BatchNorm;
import org.sparknorm.nn.norm.Norm;
import org.sparknorm.nn.norm.NormSpec;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.ChannelSums;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Window;

/**
 * Builds the blocks of all networks: a convolution or a linear layer with the norm and the activation that the
 * configuration names, in its order. A norm directly after its layer replaces the layer's bias, unless biases are asked
 * for.
 */
final class Blocks {
    private final ModelConfig config;
    private final Blas blas;
    private final NormPosition position;
    private final Norm norm;

    Blocks(ModelConfig config, Blas blas) {
        this(config, config.normPerActivation(), blas);
    }

    /** @param perActivation whether each value of an image has batch statistics of its own */
    Blocks(ModelConfig config, boolean perActivation, Blas blas) {
        this.config = config;
        this.blas = blas;
        this.position = config.normPositionOrDefault();
        this.norm = new Norm(
                config.norm(),
                new BatchNorm.Options(config.normEpsilon(), config.normDecay(), config.normSynchronized()),
                perActivation,
                config.groups());
    }

    /**
     * Describes a convolution.
     *
     * @param name of the convolution
     * @param norm name of its norm
     * @param input shape of the images it sees
     * @param nearestToImages whether no layer before it has parameters
     */
    record Convolution(String name, String norm, Shape input, int filters, Window window, boolean nearestToImages) {}

    /** The activation that the configuration names. */
    Activation.Kind activation() {
        return switch (config.activation()) {
            case RELU -> Activation.Kind.RELU;
            case SIGMOID -> Activation.Kind.SIGMOID;
            case TANH -> Activation.Kind.TANH;
        };
    }

    /** Builds a convolution with norm and activation. */
    List<Layer> of(Convolution convolution) {
        return of(convolution, activation());
    }

    /** Builds a convolution with norm and another activation, which may be none. */
    List<Layer> of(Convolution convolution, Activation.Kind activation) {
        Conv2d layer = new Conv2d(
                new Conv2d.Specification(
                        convolution.name(),
                        convolution.input().last(),
                        convolution.filters(),
                        convolution.window(),
                        hasBias(),
                        !convolution.nearestToImages()),
                blas);
        boolean gathers = norm.gathers() && (normIsDirectlyAfter() || normRectifies(activation));
        ChannelSums gathered = gathers ? layer.gatherStatistics(normRectifies(activation)) : null;
        return complete(layer, convolution.norm(), layer.outputShape(convolution.input()), activation, gathered);
    }

    /**
     * Builds a linear layer with norm and activation.
     *
     * @param input shape of the vectors, or of the images that it sees flattened
     */
    List<Layer> linear(String name, String norm, Shape input, int out, boolean nearestToInput) {
        boolean hasNorm = this.norm.isAt(Shape.of(out));
        Layer layer = linear(
                new Linear.Specification(name, input.size(), out, hasBias() || !hasNorm, !nearestToInput), input);
        return complete(layer, norm, Shape.of(out), activation(), null);
    }

    /** Builds a linear layer of vectors, or of images that it sees flattened. */
    Layer linear(Linear.Specification specification, Shape input) {
        return input.rank() == 3 ? Linear.afterImages(specification, input, blas) : new Linear(specification, blas);
    }

    /** Builds the last layer, with one logit per class and biases, and the dropout before it. */
    List<Layer> classifier(String name, int in, int classes) {
        List<Layer> layers = new ArrayList<>(dropoutBefore(name));
        layers.add(new Linear(new Linear.Specification(name, in, classes, true, true), blas));
        return layers;
    }

    /** Builds the dropout before the last layer, if the configuration has one. */
    List<Layer> dropoutBefore(String name) {
        return config.dropout() == 0 ? List.of() : List.of(new Dropout("dropout before " + name, config.dropout()));
    }

    /** Builds the norm of the positions of a sequence, if the configuration has one. */
    List<Layer> sequenceNorm(String name, int channels, SequenceLengths lengths) {
        return norm.kind() == ModelConfig.Norm.NONE ? List.of() : List.of(norm.ofSequences(name, channels, lengths));
    }

    private List<Layer> complete(
            Layer layer, String name, Shape output, Activation.Kind activation, ChannelSums gathered) {
        int channels = output.last();
        List<Layer> layers = new ArrayList<>(List.of(layer));
        boolean hasNorm = norm.isAt(output);
        if (hasNorm && normIsDirectlyAfter()) {
            layers.addAll(norm.at(new NormSpec(name, channels, activation), output, gathered));
            return layers;
        }
        if (hasNorm && normRectifies(activation)) {
            layers.addAll(norm.at(new NormSpec(name, channels, true, Activation.Kind.NONE), output, gathered));
            return layers;
        }
        if (activation != Activation.Kind.NONE) {
            layers.add(new Activation(activation));
        }
        if (hasNorm) {
            layers.addAll(norm.at(new NormSpec(name, channels, Activation.Kind.NONE), output, null));
        }
        return layers;
    }

    /** Whether the norm after the activation applies the activation itself. */
    private boolean normRectifies(Activation.Kind activation) {
        return hasNorm() && !normIsDirectlyAfter() && activation == Activation.Kind.RELU;
    }

    private boolean hasNorm() {
        return norm.kind() != ModelConfig.Norm.NONE;
    }

    private boolean normIsDirectlyAfter() {
        return hasNorm() && position == NormPosition.BEFORE;
    }

    private boolean hasBias() {
        return config.bias() == ModelConfig.Bias.TRUE || !normIsDirectlyAfter();
    }

    /** Scales a number of channels by {@code model.width}. */
    int width(int channels) {
        return Math.max(1, (int) Math.round(channels * config.width()));
    }
}
