package org.sparknorm.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.sparknorm.config.RefusedException;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Parameter;
import org.sparknorm.optim.Optimizer;

/**
 * All that a run needs to continue from a step as if it had never stopped: the order of the data and all randomness
 * follow from the step.
 */
public record Checkpoint(Facts facts, ModelTensors model, Optimizer.State optimizer) {
    private static final String STEPS = "step";

    /**
     * What {@code state.json} says of a checkpoint.
     *
     * @param step number of updates made
     * @param trainingExamples number of training examples: another number would give other bits
     * @param top1 of the validation examples after this step; null if they were not evaluated after it
     * @param software versions and BLAS with which the bits are promised
     * @param configuration the whole configuration, as text
     */
    public record Facts(
            long step, long trainingExamples, Double top1, Map<String, String> software, String configuration) {}

    /** The optimizer's number of updates, and its arrays parameter by parameter: {@code momentum_buffer.fc1.weight}. */
    List<Safetensors.Entry> optimizerEntries(Network network) {
        List<Safetensors.Entry> entries = new ArrayList<>();
        entries.add(Safetensors.Entry.of(STEPS, optimizer.steps()));
        new TreeMap<>(optimizer.arrays()).forEach((name, values) -> {
            for (Parameter parameter : network.parameters()) {
                entries.add(Safetensors.Entry.of(
                        name + "." + parameter.name(), parameter.shape(), parameter.toFile(values)));
            }
        });
        return entries;
    }

    /** @throws RefusedException if a tensor is missing, has another shape or type, or is one too many */
    static Optimizer.State optimizer(
            Network network, Set<String> names, Map<String, Safetensors.Entry> tensors, String file) {
        Map<String, Safetensors.Entry> rest = new LinkedHashMap<>(tensors);
        Safetensors.Entry steps = rest.remove(STEPS);
        if (steps == null) {
            throw new RefusedException(file + " lacks the tensor " + STEPS, "give the checkpoint of this model");
        }
        Map<String, float[]> arrays = new TreeMap<>();
        for (String name : names) {
            float[] values = new float[network.weightCount()];
            for (Parameter parameter : network.parameters()) {
                parameter.fromFile(
                        ModelTensors.take(rest, name + "." + parameter.name(), parameter.shape(), file), values);
            }
            arrays.put(name, values);
        }
        ModelTensors.checkEmpty(rest, file);
        return new Optimizer.State(ModelTensors.counter(steps, file), arrays);
    }
}
