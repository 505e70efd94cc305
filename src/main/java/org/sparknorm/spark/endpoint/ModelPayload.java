package org.sparknorm.spark.endpoint;

import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.util.HashMap;
import java.util.Map;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.optim.Optimizer;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.train.TrainingState;

/** What executors need of a state, on its way to them, as bulk bytes. */
public final class ModelPayload implements Externalizable {
    private static final float[] NONE = {};
    private static final Optimizer.State NO_OPTIMIZER = new Optimizer.State(0, Map.of());

    private float[] weights;
    private float[] buffers;
    private Optimizer.State optimizer;

    /** For deserialization only. */
    public ModelPayload() {}

    private ModelPayload(float[] weights, float[] buffers, Optimizer.State optimizer) {
        this.weights = weights;
        this.buffers = buffers;
        this.optimizer = optimizer;
    }

    /** For one step: the weights. */
    public static ModelPayload forStep(TrainingState state) {
        return new ModelPayload(state.weights(), NONE, NO_OPTIMIZER);
    }

    /** For several: the weights and what the optimizer keeps. */
    public static ModelPayload forSteps(TrainingState state) {
        return new ModelPayload(state.weights(), NONE, state.optimizer());
    }

    /** Weights and running statistics of the model that is evaluated. */
    public static ModelPayload forInference(TrainingState state) {
        ModelTensors model = state.outcome();
        return new ModelPayload(model.weights(), model.buffers(), NO_OPTIMIZER);
    }

    public float[] weights() {
        return weights;
    }

    public float[] buffers() {
        return buffers;
    }

    public Optimizer.State optimizer() {
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
