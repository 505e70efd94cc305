package org.sparknorm.spark.endpoint;

import java.io.Serializable;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.train.TrainingState;

/** Carries the weights and running statistics of a model that is evaluated to executors. */
public final class ModelPayload implements Serializable {
    private final FloatsPayload weights;
    private final FloatsPayload buffers;

    private ModelPayload(ModelTensors model) {
        this.weights = new FloatsPayload(model.weights());
        this.buffers = new FloatsPayload(model.buffers());
    }

    public static ModelPayload forInference(TrainingState state) {
        return new ModelPayload(state.evaluationModel());
    }

    public float[] weights() {
        return weights.values();
    }

    public float[] buffers() {
        return buffers.values();
    }
}
