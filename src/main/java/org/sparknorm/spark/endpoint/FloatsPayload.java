package org.sparknorm.spark.endpoint;

import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import org.sparknorm.sync.ArrayKind;

/** Carries an array to executors as bulk bytes, see {@link ArrayKind}. */
public final class FloatsPayload implements Externalizable {
    private float[] values;

    /** For deserialization only. */
    public FloatsPayload() {}

    public FloatsPayload(float[] values) {
        this.values = values;
    }

    /** Shared by the tasks of a process, and read-only. */
    public float[] values() {
        return values;
    }

    @Override
    public void writeExternal(ObjectOutput out) throws IOException {
        ArrayKind.FLOATS.write(out, values);
    }

    @Override
    public void readExternal(ObjectInput in) throws IOException {
        values = ArrayKind.FLOATS.read(in);
    }
}
