package org.sparknorm.nn.norm;

import java.util.ArrayList;
import java.util.List;
import org.sparknorm.config.ModelConfig;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.SequenceLengths;
import org.sparknorm.tensor.ChannelSums;
import org.sparknorm.tensor.Shape;

/**
 * The normalization of a network: a value handed to models, which makes a layer of it wherever they have a norm.
 *
 * @param options of batch statistics; the epsilon is that of all kinds
 * @param perActivation of batch norm: whether each value of an image has statistics of its own
 * @param groups of group norm
 */
public record Norm(ModelConfig.Norm kind, BatchNorm.Options options, boolean perActivation, int groups) {
    /** Whether there is one after a layer that gives examples of that shape: vectors have no instances. */
    public boolean isAt(Shape output) {
        return kind != ModelConfig.Norm.NONE && (kind != ModelConfig.Norm.INSTANCE || output.rank() > 1);
    }

    /** Whether it can use sums that the layer before gathers, which are those of whole channels over a batch. */
    public boolean gathers() {
        return kind == ModelConfig.Norm.BATCH && !perActivation;
    }

    /**
     * Makes the norm of vectors or images, with what is done before and after it.
     *
     * @param output shape of an example at that place
     * @param gathered the sums of its (rectified) input; null if they are not gathered
     */
    public List<Layer> at(NormSpec spec, Shape output, ChannelSums gathered) {
        boolean isVector = output.rank() == 1;
        return switch (kind) {
            case NONE -> throw new IllegalStateException(spec.name() + ": a network without norms asked for one");
            case BATCH ->
                List.of(
                        perActivation && !isVector
                                ? BatchNorm.perActivation(spec, options, output)
                                : new BatchNorm(spec, options, gathered));
            case LAYER -> isVector ? ofVectors(spec) : List.of(new GroupNorm(spec, 1, options.epsilon(), null));
            case GROUP -> List.of(new GroupNorm(spec, groups, options.epsilon(), null));
            case INSTANCE -> List.of(GroupNorm.ofInstances(spec, options.epsilon(), null));
            case SWITCHABLE -> List.of(new SwitchableNorm(spec, options, isVector, null));
        };
    }

    private List<Layer> ofVectors(NormSpec spec) {
        List<Layer> layers = new ArrayList<>();
        if (spec.rectifiesInput()) {
            layers.add(new Activation(Activation.Kind.RELU));
        }
        layers.add(new LayerNorm(spec.name(), spec.channels(), options.epsilon()));
        if (spec.activation() != Activation.Kind.NONE) {
            layers.add(new Activation(spec.activation()));
        }
        return layers;
    }

    /**
     * Makes the norm of the positions of a sequence.
     *
     * @param lengths null where nothing is padded
     */
    public Layer ofSequences(String name, int channels, SequenceLengths lengths) {
        NormSpec spec = new NormSpec(name, channels, Activation.Kind.NONE);
        return switch (kind) {
            case NONE -> throw new IllegalStateException(name + ": a network without norms asked for one");
            case BATCH -> BatchNorm.ofSequences(spec, options, lengths);
            case LAYER -> new LayerNorm(name, channels, options.epsilon());
            case GROUP -> new GroupNorm(spec, groups, options.epsilon(), lengths);
            case INSTANCE -> GroupNorm.ofInstances(spec, options.epsilon(), lengths);
            case SWITCHABLE -> new SwitchableNorm(spec, options, false, lengths);
        };
    }
}
