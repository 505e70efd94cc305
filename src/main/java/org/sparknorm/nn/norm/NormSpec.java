package org.sparknorm.nn.norm;

import org.sparknorm.nn.Activation;

/**
 * The place of a norm in a network.
 *
 * @param name prefix of its tensors' names
 * @param channels the last axis of its input
 * @param rectifiesInput whether max(x, 0) takes the place of x, in the same passes over memory
 * @param activation applied to y, in the same pass over memory
 */
public record NormSpec(String name, int channels, boolean rectifiesInput, Activation.Kind activation) {
    /** Of a norm that takes its input as it is. */
    public NormSpec(String name, int channels, Activation.Kind activation) {
        this(name, channels, false, activation);
    }

    float inputFloor() {
        return rectifiesInput ? 0f : Float.NEGATIVE_INFINITY;
    }

    /** The norm under a name, with what is done before and behind it. */
    String describe(String norm) {
        String before = rectifiesInput ? new Activation(Activation.Kind.RELU) + ", " : "";
        return before + norm + (activation == Activation.Kind.NONE ? "" : ", " + new Activation(activation));
    }
}
