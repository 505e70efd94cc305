package org.sparknorm.ml;

import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.ExampleForm;
import org.sparknorm.report.JsonLines;
import org.sparknorm.run.RunPlan;
import org.sparknorm.spark.NetworkSpec;
import org.sparknorm.tensor.Shape;

/**
 * A trained network with its weights and running statistics, as it is sent to executors and written to files.
 *
 * @param configuration text of the training's configuration, from which the network is built again
 * @param batchesTracked steps that the running statistics have seen
 */
record TrainedClassifier(
        String configuration, NetworkSpec network, float[] weights, float[] buffers, long batchesTracked)
        implements Serializable {
    private static final String CONFIGURATION = "configuration";
    private static final String SHAPE = "shape";
    private static final String FORM = "form";
    private static final String CLASSES = "classes";

    static TrainedClassifier of(String configuration, NetworkSpec network, ModelTensors model) {
        return new TrainedClassifier(
                configuration, network, model.weights().clone(), model.buffers().clone(), model.batchesTracked());
    }

    /** The tensors of {@code model.safetensors}. */
    List<Safetensors.Entry> entries() {
        return new ModelTensors(weights, buffers, batchesTracked).entries(RunPlan.network(network));
    }

    /** Everything except the tensors, as JSON. */
    String setupText() throws IOException {
        Map<String, Object> setup = new LinkedHashMap<>();
        setup.put(SHAPE, Arrays.stream(network.input().toArray()).boxed().toList());
        setup.put(FORM, network.form().name());
        setup.put(CLASSES, network.classes());
        setup.put(CONFIGURATION, configuration);
        return JsonLines.json(setup);
    }

    /** The network that a parsed {@link #setupText} describes. */
    static NetworkSpec networkOf(Map<String, Object> text) {
        RunConfig config = ConfigFiles.ofText(configurationOf(text)).toRunConfig();
        int[] shape = ((List<?>) text.get(SHAPE))
                .stream().mapToInt(side -> ((Number) side).intValue()).toArray();
        ExampleForm form = ExampleForm.valueOf((String) text.get(FORM));
        return new NetworkSpec(
                config.model(), config.data(), Shape.of(shape), form, ((Number) text.get(CLASSES)).intValue());
    }

    static String configurationOf(Map<String, Object> text) {
        return (String) text.get(CONFIGURATION);
    }
}
