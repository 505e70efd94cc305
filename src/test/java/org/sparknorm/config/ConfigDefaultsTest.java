package org.sparknorm.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The defaults of all keys. */
@Tag("unit")
class ConfigDefaultsTest {
    /** Every key with its default; one that is added has to be added here. */
    private static final String DEFAULTS = """
            model.name = mlp
            model.classes = auto
            model.activation = relu
            model.hidden = [100, 100, 100]
            model.norm = batch
            model.norm-position = not set
            model.norm-synchronized = true
            model.norm-epsilon = 1.0E-5
            model.norm-decay = 0.9
            model.norm-per-activation = false
            model.groups = 32
            model.width = 1.0
            model.projection = 96
            model.bias = auto
            model.dropout = 0.0
            model.local-response-norm = false
            model.patch = 7
            model.heads = 4
            model.blocks = 2
            model.embedding = 64
            model.init.name = not set
            model.init.deviation = not set
            model.init.convolution-scale = 1.0
            data.format = digits
            data.train = not set
            data.validation = not set
            data.size = auto
            data.binarize = false
            data.mean = none
            data.deviation = none
            data.shuffle = true
            data.reshuffle-every = 0
            data.last-batch = keep
            data.augment.crop = none
            data.augment.crop-area = [0.08, 1.0]
            data.augment.crop-aspect = [0.75, 1.3333333333333333]
            data.augment.padding = 4
            data.augment.flip = false
            data.augment.distortion = 0.0
            data.bad-images = fail
            data.largest-image = 100000000
            data.image-column = image
            data.label-column = label
            data.examples = 60000
            data.validation-examples = 10000
            data.seed = 1
            batch-size = 60
            slices = 8
            partitions = auto
            seed = 1
            epochs = not set
            steps-per-job = 1
            optimizer.name = sgd
            optimizer.momentum = 0.0
            optimizer.nesterov = false
            optimizer.weight-decay = 0.0
            optimizer.decay-all = false
            optimizer.beta1 = 0.9
            optimizer.beta2 = 0.999
            optimizer.epsilon = 1.0E-8
            optimizer.smoothing = 0.99
            optimizer.centered = false
            optimizer.trust = 0.001
            optimizer.clip-norm = none
            optimizer.average-decay = none
            learning-rate.initial = 0.1
            learning-rate.schedule = constant
            learning-rate.factor = 0.1
            learning-rate.every = 10000
            learning-rate.milestones = []
            learning-rate.warmup-steps = 0
            loss.label-smoothing = 0.0
            evaluate-every = 500
            early-stopping.evaluations = 0
            early-stopping.measure = loss
            early-stopping.least-gain = 0.0
            checkpoint.every = 1000
            checkpoint.keep = 3
            resume = none
            init-from = none
            init-from-order = rgb
            init-from-largest = 1.0
            output = not set
            overwrite = false
            step-retries = 3
            statistics-timeout = PT10M
            slots-timeout = PT1M
            on-divergence = stop
            record-percentiles.layer = not set
            record-percentiles.unit = not set
            record-percentiles.every = 100
            record-histograms.layer = not set
            record-histograms.every = 0
            """;

    @Test
    void everyKeyHasItsDefault() {
        Map<String, String> defaults = ConfigDifferences.values(run());
        defaults.remove("steps"); // which a run sets, or epochs
        List<String> lines = new ArrayList<>();
        defaults.forEach((key, value) -> lines.add(key + " = " + value));
        assertThat(lines).containsExactlyElementsOf(DEFAULTS.lines().toList());
    }

    @Test
    void theReferenceNamesEveryKeyThatHasADefault() {
        Config reference = ConfigFactory.parseFile(new File("conf/reference.conf"));
        Set<String> known = new TreeSet<>(ConfigSchema.RUN.keys());
        reference.entrySet().forEach(entry -> assertThat(known).contains(entry.getKey()));
        known.removeIf(reference::hasPath);
        assertThat(known).allMatch(key -> DEFAULTS.contains(key + " = not set\n") || key.equals("steps"));
    }

    @ParameterizedTest
    @CsvSource({"relu, HE", "sigmoid, XAVIER", "tanh, XAVIER"})
    void initialWeightsSuitTheActivation(String activation, ModelConfig.InitName expected) {
        ModelConfig model = run("model.activation=" + activation).model();
        assertThat(model.init().nameFor(model.activation())).isEqualTo(expected);
    }

    private static RunConfig run(String... assignments) {
        return ConfigFiles.ofText("steps = 7").with(List.of(assignments)).toRunConfig();
    }
}
