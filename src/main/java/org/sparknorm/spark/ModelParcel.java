package org.sparknorm.spark;

import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import org.sparknorm.sync.ArrayKind;

/** Weights and running statistics on their way to the executors, as bulk bytes. */
public final class ModelParcel implements Externalizable {
    private float[] weights;
    private float[] buffers;

    /** For deserialization only. */
    public ModelParcel() {}

    ModelParcel(float[] weights, float[] buffers) {
        this.weights = weights;
        this.buffers = buffers;
    }

    float[] weights() {
        return weights;
    }

    float[] buffers() {
        return buffers;
    }

    @Override
    public void writeExternal(ObjectOutput out) throws IOException {
        ArrayKind.FLOATS.write(out, weights);
        ArrayKind.FLOATS.write(out, buffers);
    }

    @Override
    public void readExternal(ObjectInput in) throws IOException {
        weights = ArrayKind.FLOATS.read(in);
        buffers = ArrayKind.FLOATS.read(in);
    }
}
