package org.sparknorm.spark;

import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.util.HashMap;
import java.util.Map;
import org.sparknorm.checkpoint.ModelState;
import org.sparknorm.optim.Optimizer;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.train.TrainingState;

/** What executors need of a state, on its way to them, as bulk bytes. */
public final class ModelParcel implements Externalizable {
    private static final float[] NONE = {};
    private static final Optimizer.State NO_OPTIMIZER = new Optimizer.State(0, Map.of());

    private float[] weights;
    private float[] buffers;
    private Optimizer.State optimizer;

    /** For deserialization only. */
    public ModelParcel() {}

    private ModelParcel(float[] weights, float[] buffers, Optimizer.State optimizer) {
        this.weights = weights;
        this.buffers = buffers;
        this.optimizer = optimizer;
    }

    /** For one step: the weights. */
    static ModelParcel forStep(TrainingState state) {
        return new ModelParcel(state.weights(), NONE, NO_OPTIMIZER);
    }

    /** For several: the weights and what the optimizer keeps. */
    static ModelParcel forSteps(TrainingState state) {
        return new ModelParcel(state.weights(), NONE, state.optimizer());
    }

    /** Weights and running statistics of the model that is evaluated. */
    static ModelParcel forInference(TrainingState state) {
        ModelState model = state.outcome();
        return new ModelParcel(model.weights(), model.buffers(), NO_OPTIMIZER);
    }

    float[] weights() {
        return weights;
    }

    float[] buffers() {
        return buffers;
    }

    Optimizer.State optimizer() {
        return optimizer;
    }

    @Override
    public void writeExternal(ObjectOutput out) throws IOException {
        ArrayKind.FLOATS.write(out, weights);
        ArrayKind.FLOATS.write(out, buffers);
        out.writeLong(optimizer.steps());
        out.writeInt(optimizer.arrays().size());
        for (Map.Entry<String, float[]> array : optimizer.arrays().entrySet()) {
            out.writeUTF(array.getKey());
            ArrayKind.FLOATS.write(out, array.getValue());
        }
    }

    @Override
    public void readExternal(ObjectInput in) throws IOException {
        weights = ArrayKind.FLOATS.read(in);
        buffers = ArrayKind.FLOATS.read(in);
        long steps = in.readLong();
        Map<String, float[]> arrays = new HashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            arrays.put(in.readUTF(), ArrayKind.FLOATS.read(in));
        }
        optimizer = new Optimizer.State(steps, arrays);
    }
}
