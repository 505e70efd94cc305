package org.sparknorm.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparknorm.config.RefusedException;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Parameter;
import org.sparknorm.nn.RunningStatistics;
import org.sparknorm.tensor.Shape;

/**
 * The values of a model, and how they become the tensors of a file: in the order of the layers, with PyTorch's names.
 *
 * @param weights all parameters
 * @param buffers all running statistics
 * @param batchesTracked how many steps the running statistics have seen
 */
public record ModelTensors(float[] weights, float[] buffers, long batchesTracked) {
    private static final String MEAN = ".running_mean";
    private static final String VARIANCE = ".running_var";
    private static final String TRACKED = ".num_batches_tracked";

    /** The tensors of all layers. */
    public List<Safetensors.Entry> entries(Network network) {
        List<Safetensors.Entry> entries = new ArrayList<>();
        for (Network.Row row : network.rows()) {
            entries.addAll(entries(row.layer()));
        }
        return entries;
    }

    /** The tensors of one layer. */
    public List<Safetensors.Entry> entries(Layer layer) {
        List<Safetensors.Entry> entries = new ArrayList<>();
        for (Parameter parameter : layer.parameters()) {
            entries.add(Safetensors.Entry.of(parameter.name(), parameter.shape(), parameter.toFile(weights)));
        }
        for (RunningStatistics norm : layer.runningStatistics()) {
            Shape shape = Shape.of(norm.channels());
            List<float[]> values = norm.toFile(buffers);
            entries.add(Safetensors.Entry.of(norm.name() + MEAN, shape, values.get(0)));
            entries.add(Safetensors.Entry.of(norm.name() + VARIANCE, shape, values.get(1)));
            if (norm.isCounted()) {
                entries.add(Safetensors.Entry.of(norm.name() + TRACKED, batchesTracked));
            }
        }
        return entries;
    }

    /**
     * Takes the values from the tensors of a file. Counters may be absent.
     *
     * @param file for messages
     * @throws RefusedException if a tensor is missing, has another shape or type, or is one too many
     */
    public static ModelTensors of(Network network, Map<String, Safetensors.Entry> tensors, String file) {
        Map<String, Safetensors.Entry> rest = new LinkedHashMap<>(tensors);
        float[] weights = new float[network.weightCount()];
        float[] buffers = new float[network.bufferCount()];
        long tracked = 0;
        for (Parameter parameter : network.parameters()) {
            parameter.fromFile(take(rest, parameter.name(), parameter.shape(), file), weights);
        }
        for (RunningStatistics norm : network.statistics()) {
            Shape shape = Shape.of(norm.channels());
            float[] mean = take(rest, norm.name() + MEAN, shape, file);
            float[] variance = take(rest, norm.name() + VARIANCE, shape, file);
            norm.fromFile(mean, variance, buffers);
            Safetensors.Entry counter = norm.isCounted() ? rest.remove(norm.name() + TRACKED) : null;
            if (counter != null) {
                tracked = counter(counter, file);
            }
        }
        checkEmpty(rest, file);
        return new ModelTensors(weights, buffers, tracked);
    }

    static void checkEmpty(Map<String, Safetensors.Entry> rest, String file) {
        if (!rest.isEmpty()) {
            throw new RefusedException(
                    file + " has tensors that the model does not: " + String.join(", ", rest.keySet()),
                    "give the file of this model, or change the model's configuration");
        }
    }

    /** Removes a tensor from the map, and returns its values. */
    static float[] take(Map<String, Safetensors.Entry> tensors, String name, Shape shape, String file) {
        Safetensors.Entry entry = tensors.remove(name);
        String wrong = null;
        if (entry == null) {
            wrong = file + " lacks the tensor " + name + " of shape " + shape;
        } else if (!entry.shape().equals(shape)) {
            wrong = name + " in " + file + " has shape " + entry.shape() + ", the model's has " + shape;
        } else if (entry.floats() == null) {
            wrong = name + " in " + file + " is of integers";
        }
        if (wrong != null) {
            throw new RefusedException(wrong, "give the file of this model, or change the model's configuration");
        }
        return entry.floats();
    }

    static long counter(Safetensors.Entry entry, String file) {
        if (entry.longs() == null || entry.longs().length != 1) {
            throw new RefusedException(
                    entry.name() + " in " + file + " is not one whole number", "write it as I64 of shape []");
        }
        return entry.longs()[0];
    }
}
