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
        out.writeObject(ArrayKind.FLOATS.toBytes(weights));
        out.writeObject(ArrayKind.FLOATS.toBytes(buffers));
    }

    @Override
    public void readExternal(ObjectInput in) throws IOException, ClassNotFoundException {
        weights = ArrayKind.FLOATS.fromBytes((byte[]) in.readObject());
        buffers = ArrayKind.FLOATS.fromBytes((byte[]) in.readObject());
    }
}
