package org.sparknorm.nn;

import java.util.Arrays;
import org.sparknorm.tensor.Tensor;

/**
 * Takes down, in a pass of inference, what one unit of one layer gives before any activation: at every example and, where a
 * layer's output has positions, at every position. For one thread.
 */
public final class Probe {
    private final String layer;
    private final int unit;
    private float[] values = new float[0];
    private int count;

    /**
     * @param layer prefix of its parameters' names
     * @param unit a channel of its output
     */
    public Probe(String layer, int unit) {
        this.layer = layer;
        this.unit = unit;
    }

    boolean isAt(String name) {
        return layer.equals(name);
    }

    /** @param y {@code [..., C]} */
    public void take(Tensor y) {
        int channels = y.shape().last();
        int more = y.size() / channels;
        if (values.length < count + more) {
            values = Arrays.copyOf(values, Math.max(count + more, 2 * values.length));
        }
        for (int at = unit; at < y.size(); at += channels) {
            values[count++] = y.data()[at];
        }
    }

    /** All so far. */
    public float[] values() {
        return Arrays.copyOf(values, count);
    }
}
