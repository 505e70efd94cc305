package org.sparknorm.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.ModelConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.model.Models;
import org.sparknorm.nn.Network;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Shape;

/** A file holds the tensors of a multilayer perceptron, and files of other models are refused. */
@Tag("unit")
class ModelTensorsTest {
    private static final String FILE = "weights.safetensors";
    private static final long BATCHES = 17;

    private final Network network = network("model.hidden=[3, 2]");

    @Test
    void tensorsAreInTheOrderOfTheLayersUnderTheNamesOfPytorch() {
        assertThat(names(network))
                .containsExactly(
                        "fc1.weight",
                        "bn1.weight",
                        "bn1.bias",
                        "bn1.running_mean",
                        "bn1.running_var",
                        "bn1.num_batches_tracked",
                        "fc2.weight",
                        "bn2.weight",
                        "bn2.bias",
                        "bn2.running_mean",
                        "bn2.running_var",
                        "bn2.num_batches_tracked",
                        "fc3.weight",
                        "fc3.bias");
    }

    @Test
    void biasesStandBehindTheirWeights() {
        assertThat(names(network("model.hidden=[3]", "model.bias=true")))
                .startsWith("fc1.weight", "fc1.bias", "bn1.weight")
                .endsWith("fc2.weight", "fc2.bias");
    }

    @Test
    void aNormBehindTheActivationLeavesTheBias() {
        assertThat(names(network("model.hidden=[3]", "model.norm-position=after")))
                .startsWith("fc1.weight", "fc1.bias", "bn1.weight");
    }

    @Test
    void withoutNormsThereAreLinearLayersAlone() {
        assertThat(names(network("model.hidden=[3]", "model.norm=none")))
                .containsExactly("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias");
    }

    @Test
    void shapesAreThoseOfPytorch() {
        Map<String, Safetensors.Entry> tensors = tensors();
        assertThat(tensors.get("fc1.weight").shape()).isEqualTo(Shape.of(3, 4));
        assertThat(tensors.get("bn1.running_var").shape()).isEqualTo(Shape.of(3));
        assertThat(tensors.get("bn1.num_batches_tracked").shape()).isEqualTo(Shape.of());
        assertThat(tensors.get("fc3.bias").shape()).isEqualTo(Shape.of(5));
    }

    @Test
    void everyTensorHoldsItsOwnPartOfTheState() {
        Map<String, Safetensors.Entry> tensors = tensors();
        ModelTensors state = state();
        int weights = 0;
        int buffers = 0;
        for (Safetensors.Entry entry : tensors.values()) {
            boolean isBuffer = entry.name().contains("running");
            for (float value : entry.floats() == null ? new float[0] : entry.floats()) {
                assertThat(value)
                        .as(entry.name())
                        .isEqualTo(isBuffer ? state.buffers()[buffers] : state.weights()[weights]);
                buffers += isBuffer ? 1 : 0;
                weights += isBuffer ? 0 : 1;
            }
        }
        assertThat(weights).isEqualTo(network.weightCount());
        assertThat(buffers).isEqualTo(network.bufferCount());
        assertThat(tensors.get("bn2.num_batches_tracked").longs()).containsExactly(BATCHES);
    }

    @Test
    void theStateIsReadFromItsTensors() {
        ModelTensors read = ModelTensors.of(network, tensors(), FILE);
        assertThat(read.weights()).isEqualTo(state().weights());
        assertThat(read.buffers()).isEqualTo(state().buffers());
        assertThat(read.batchesTracked()).isEqualTo(BATCHES);
    }

    @Test
    void theOrderInTheFileDoesNotMatter() {
        Map<String, Safetensors.Entry> tensors = tensors();
        tensors.put("fc1.weight", tensors.remove("fc1.weight"));
        assertThat(ModelTensors.of(network, tensors, FILE).weights()).isEqualTo(state().weights());
    }

    @Test
    void readingLeavesTheTensorsGivenAlone() {
        Map<String, Safetensors.Entry> tensors = tensors();
        int count = tensors.size();
        ModelTensors.of(network, tensors, FILE).weights()[0] = -1;
        assertThat(tensors).hasSize(count);
        assertThat(tensors.get("fc1.weight").floats()[0]).isEqualTo(state().weights()[0]);
    }

    @Test
    void countersMayBeAbsent() {
        Map<String, Safetensors.Entry> tensors = tensors();
        tensors.remove("bn1.num_batches_tracked");
        tensors.remove("bn2.num_batches_tracked");
        ModelTensors read = ModelTensors.of(network, tensors, FILE);
        assertThat(read.batchesTracked()).isZero();
        assertThat(read.weights()).isEqualTo(state().weights());
    }

    @Test
    void aMissingTensorIsNamedWithItsShape() {
        Map<String, Safetensors.Entry> tensors = tensors();
        tensors.remove("bn2.bias");
        assertRefused(tensors, FILE + " lacks the tensor bn2.bias of shape [2]");
    }

    @Test
    void missingStatisticsAreNamed() {
        Map<String, Safetensors.Entry> tensors = tensors();
        tensors.remove("bn1.running_var");
        assertRefused(tensors, FILE + " lacks the tensor bn1.running_var of shape [3]");
    }

    @Test
    void extraTensorsAreNamed() {
        Map<String, Safetensors.Entry> tensors = tensors();
        put(tensors, Safetensors.Entry.of("fc4.weight", Shape.of(1), new float[1]));
        put(tensors, Safetensors.Entry.of("fc1.bias", Shape.of(3), new float[3]));
        assertRefused(tensors, FILE + " has tensors that the model does not: fc4.weight, fc1.bias");
    }

    @Test
    void aTensorOfAnotherShapeIsNamedWithBoth() {
        Map<String, Safetensors.Entry> tensors = tensors();
        put(tensors, Safetensors.Entry.of("fc1.weight", Shape.of(4, 3), new float[12]));
        assertRefused(tensors, "fc1.weight in " + FILE + " has shape [4, 3], the model's has [3, 4]");
    }

    @Test
    void aTensorOfIntegersIsNamed() {
        Map<String, Safetensors.Entry> tensors = tensors();
        put(tensors, new Safetensors.Entry("bn1.bias", Shape.of(3), null, new long[3]));
        assertRefused(tensors, "bn1.bias in " + FILE + " is of integers");
    }

    @Test
    void aCounterThatIsNoWholeNumberIsNamed() {
        Map<String, Safetensors.Entry> tensors = tensors();
        put(tensors, Safetensors.Entry.of("bn1.num_batches_tracked", Shape.of(), new float[] {17}));
        assertRefused(tensors, "bn1.num_batches_tracked in " + FILE + " is not one whole number");
    }

    private void assertRefused(Map<String, Safetensors.Entry> tensors, String cause) {
        assertThatThrownBy(() -> ModelTensors.of(network, tensors, FILE))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith(cause + "; ");
    }

    private static void put(Map<String, Safetensors.Entry> tensors, Safetensors.Entry entry) {
        tensors.put(entry.name(), entry);
    }

    private Map<String, Safetensors.Entry> tensors() {
        Map<String, Safetensors.Entry> tensors = new LinkedHashMap<>();
        state().entries(network).forEach(entry -> put(tensors, entry));
        return tensors;
    }

    /** A model in which no two numbers are equal. */
    private ModelTensors state() {
        float[] weights = new float[network.weightCount()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i;
        }
        float[] buffers = new float[network.bufferCount()];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = 1000 + i;
        }
        return new ModelTensors(weights, buffers, BATCHES);
    }

    private static List<String> names(Network network) {
        ModelTensors initial = new ModelTensors(new float[network.weightCount()], network.initialBuffers(), 0);
        return initial.entries(network).stream().map(Safetensors.Entry::name).toList();
    }

    /** A network for examples of four values and five classes. */
    private static Network network(String... assignments) {
        ModelConfig config = ConfigFiles.ofText("steps = 1")
                .with(List.of(assignments))
                .toRunConfig()
                .model();
        return Models.build(config, Shape.of(4), 5, Blas.none());
    }
}
