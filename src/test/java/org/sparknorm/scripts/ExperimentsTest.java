package org.sparknorm.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.config.ConfigDifferences;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.ExampleForm;
import org.sparknorm.nn.Network;
import org.sparknorm.run.ConfArgument;
import org.sparknorm.run.ExitCode;
import org.sparknorm.run.RunPlan;
import org.sparknorm.spark.NetworkSpec;
import org.sparknorm.tensor.Shape;
import org.sparknorm.testing.ScriptRun;

/** The configurations of the paper's experiments, and the scripts that run them. */
class ExperimentsTest {
    private static final int IMAGENET_CLASSES = 1000;
    private static final Shape IMAGENET = Shape.of(224, 224, 3);

    static List<Path> configurations() throws IOException {
        try (var files = Files.walk(Path.of("conf"))) {
            return files.filter(file -> file.toString().endsWith(".conf"))
                    .filter(file -> !file.endsWith("reference.conf"))
                    .sorted()
                    .toList();
        }
    }

    private static RunConfig config(String path, String... more) {
        List<String> assignments = new ArrayList<>(List.of("data.train=train", "data.validation=val"));
        assignments.addAll(List.of(more));
        return ConfArgument.resolve(path, assignments, new Configuration()).toRunConfig();
    }

    /** Those that others include do not say everything. */
    @ParameterizedTest
    @MethodSource("configurations")
    void everyConfigurationIsValidAndSaysWhatItIs(Path file) throws IOException {
        assertThat(Files.readString(file)).startsWith("#");
        config(file.toString(), "steps=1");
    }

    @Test
    void batchNormalizationIsAllThatTheBaselineChanges() {
        assertThat(ConfigDifferences.affectingResult(
                        config("conf/imagenet/inception.conf"), config("conf/imagenet/bn-baseline.conf")))
                .containsExactly("model.norm = batch, was none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"imagenet", "small"})
    void theSevenChangesAreSeven(String set) {
        RunConfig baseline = config("conf/" + set + "/bn-baseline.conf");
        RunConfig accelerated = config("conf/" + set + "/bn-x5.conf");
        assertThat(ConfigDifferences.affectingResult(baseline, accelerated))
                .extracting(difference -> difference.substring(0, difference.indexOf(' ')))
                .containsExactlyInAnyOrder(
                        "learning-rate.initial",
                        "model.dropout",
                        "optimizer.weight-decay",
                        "learning-rate.every",
                        "model.local-response-norm",
                        "data.shuffle",
                        "data.augment.distortion");
        double rate = baseline.learningRate().initial();
        assertThat(accelerated.learningRate().initial() / rate).isEqualTo(5);
        assertThat(config("conf/" + set + "/bn-x30.conf").learningRate().initial() / rate)
                .isEqualTo(30);
        assertThat(baseline.optimizer().weightDecay() / accelerated.optimizer().weightDecay())
                .isEqualTo(5);
        assertThat(baseline.learningRate().every())
                .isEqualTo(6 * accelerated.learningRate().every());
        assertThat(ConfigDifferences.affectingResult(accelerated, config("conf/" + set + "/bn-x5-sigmoid.conf")))
                .containsExactly("model.activation = sigmoid, was relu");
    }

    @Test
    void networksAreThePapers() {
        RunConfig config = config("conf/imagenet/bn-x30.conf");
        assertThat(weights(config)).isEqualTo(11_194_984);
    }

    private static int weights(RunConfig config) {
        Network network = RunPlan.network(
                new NetworkSpec(config.model(), config.data(), IMAGENET, ExampleForm.FILE, IMAGENET_CLASSES));
        return network.weightCount();
    }

    @ParameterizedTest
    @ValueSource(strings = {"imagenet", "imagenet-ensemble", "claims", "mnist", "norms"})
    void scriptWithoutArgumentsIsRefusedWithItsUse(String script) throws Exception {
        ScriptRun run = ScriptRun.run(List.of(new File("jobs/" + script).getAbsolutePath()));
        assertThat(run.lastErr()).contains("; use: jobs/" + script + " ");
        assertThat(run.code()).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void experimentThatIsNoneIsRefusedWithThoseThatAre() throws Exception {
        ScriptRun run = ScriptRun.run(List.of(new File("jobs/imagenet").getAbsolutePath(), "bn-x50", "data"));
        run.assertRefused(
                "there is no experiment bn-x50; name one of inception bn-baseline bn-x5 bn-x30 bn-x5-sigmoid");
    }
}
