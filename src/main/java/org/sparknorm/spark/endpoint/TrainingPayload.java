package org.sparknorm.spark.endpoint;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import org.sparknorm.optim.Optimizer;
import org.sparknorm.train.TrainingState;

/**
 * Carries the weights and what the optimizer keeps to executors that update weights of their own.
 *
 * @param optimizerSteps updates made
 * @param optimizerArrays see {@link Optimizer.State}
 */
public record TrainingPayload(FloatsPayload weights, long optimizerSteps, Map<String, FloatsPayload> optimizerArrays)
        implements Serializable {
    public static TrainingPayload of(TrainingState state) {
        Map<String, FloatsPayload> arrays = new HashMap<>();
        state.optimizer().arrays().forEach((name, values) -> arrays.put(name, new FloatsPayload(values)));
        return new TrainingPayload(
                new FloatsPayload(state.weights()), state.optimizer().steps(), arrays);
    }

    /** What the optimizer keeps. */
    public Optimizer.State optimizer() {
        Map<String, float[]> arrays = new HashMap<>();
        optimizerArrays.forEach((name, values) -> arrays.put(name, values.values()));
        return new Optimizer.State(optimizerSteps, arrays);
    }
}
