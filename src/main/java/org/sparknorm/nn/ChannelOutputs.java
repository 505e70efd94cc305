package org.sparknorm.nn;

import java.util.Arrays;
import java.util.function.Consumer;
import org.sparknorm.tensor.Tensor;

/**
 * Collects the outputs of one channel of a layer at every example and, if the output has positions, at every position.
 */
public final class ChannelOutputs implements Consumer<Tensor> {
    private final int channel;
    private float[] values = new float[0];
    private int count;

    public ChannelOutputs(int channel) {
        this.channel = channel;
    }

    /** @param y {@code [..., C]} */
    @Override
    public void accept(Tensor y) {
        int channels = y.shape().last();
        int more = y.size() / channels;
        if (values.length < count + more) {
            values = Arrays.copyOf(values, Math.max(count + more, 2 * values.length));
        }
        for (int at = channel; at < y.size(); at += channels) {
            values[count++] = y.data()[at];
        }
    }

    /** Returns all outputs so far. */
    public float[] all() {
        return Arrays.copyOf(values, count);
    }
}
