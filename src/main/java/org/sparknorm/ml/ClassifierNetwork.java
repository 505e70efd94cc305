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
 * What a model is: its network, and the weights and running statistics in it.
 *
 * @param configuration of the training, from which the network is made again
 */
record ClassifierNetwork(String configuration, NetworkSpec run, float[] weights, float[] buffers, long batchesTracked)
        implements Serializable {
    private static final String CONFIGURATION = "configuration";
    private static final String SHAPE = "shape";
    private static final String FORM = "form";
    private static final String CLASSES = "classes";

    static ClassifierNetwork of(String configuration, NetworkSpec run, ModelTensors model) {
        return new ClassifierNetwork(
                configuration, run, model.weights().clone(), model.buffers().clone(), model.batchesTracked());
    }

    /** The tensors of its file. */
    List<Safetensors.Entry> entries() {
        return new ModelTensors(weights, buffers, batchesTracked).entries(RunPlan.network(run));
    }

    /** All but the values. */
    String setupText() throws IOException {
        Map<String, Object> setup = new LinkedHashMap<>();
        setup.put(SHAPE, Arrays.stream(run.input().toArray()).boxed().toList());
        setup.put(FORM, run.form().name());
        setup.put(CLASSES, run.classes());
        setup.put(CONFIGURATION, configuration);
        return JsonLines.json(setup);
    }

    /** The network of a text of {@link #setupText}. */
    static NetworkSpec setup(Map<String, Object> text) {
        RunConfig config = ConfigFiles.ofText(configuration(text)).toRunConfig();
        int[] shape = ((List<?>) text.get(SHAPE))
                .stream().mapToInt(side -> ((Number) side).intValue()).toArray();
        ExampleForm form = ExampleForm.valueOf((String) text.get(FORM));
        return new NetworkSpec(
                config.model(), config.data(), Shape.of(shape), form, ((Number) text.get(CLASSES)).intValue());
    }

    static String configuration(Map<String, Object> text) {
        return (String) text.get(CONFIGURATION);
    }
}
