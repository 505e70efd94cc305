package org.sparknorm.nn.norm;

import org.sparknorm.nn.Activation;
import org.sparknorm.tensor.Shape;

/**
 * The place of a norm in a network.
 *
 * @param name prefix of its tensors' names
 * @param channels the last axis of its input
 * @param rectifiesInput whether max(x, 0) takes the place of x, in the same passes over memory
 * @param activation applied to y, in the same pass over memory
 */
public record NormSpec(String name, int channels, boolean rectifiesInput, Activation.Kind activation) {
    /** The place of a norm that takes its input as it is. */
    public NormSpec(String name, int channels, Activation.Kind activation) {
        this(name, channels, false, activation);
    }

    float inputFloor() {
        return rectifiesInput ? 0f : Float.NEGATIVE_INFINITY;
    }

    boolean hasChannelsOf(Shape input) {
        return input.rank() > 0 && input.last() == channels;
    }

    IllegalArgumentException doesNotFit(Shape input) {
        return doesNotFit(channels + " channels", input);
    }

    IllegalArgumentException doesNotFit(String size, Shape input) {
        return new IllegalArgumentException(name + " of " + size + " does not fit examples of shape " + input);
    }

    /** Describes a norm with what is done before and after it. */
    String describe(String norm) {
        String before = rectifiesInput ? new Activation(Activation.Kind.RELU) + ", " : "";
        return before + norm + (activation == Activation.Kind.NONE ? "" : ", " + new Activation(activation));
    }
}
