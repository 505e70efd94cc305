package org.sparknorm.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused in a configuration, and with which message. */
@Tag("unit")
class ConfigRefusalsTest {
    @TempDir
    Path folder;

    @Test
    void aFileThatIsNotThereIsRefused() {
        File missing = folder.resolve("missing.conf").toFile();
        assertThatThrownBy(() -> ConfigFiles.ofFile(missing))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("no configuration " + missing + " can be read: ")
                .hasMessageEndingWith("; check the path");
    }

    @Test
    void aFileThatIsNoHoconIsRefusedWithItsLine() throws IOException {
        File broken = file("broken.conf", "steps = 7\nmodel { hidden = [5");
        assertThatThrownBy(() -> ConfigFiles.ofFile(broken))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("the configuration cannot be read: ")
                .hasMessageContaining("broken.conf: 2")
                .hasMessageEndingWith("; correct its syntax");
    }

    @ParameterizedTest
    @CsvSource({
        "batchsize, batch-size",
        "model.nrom, model.norm",
        "learning-rate.inital, learning-rate.initial",
        "optimizer.wieght-decay, optimizer.weight-decay",
        "data.examples2, data.examples"
    })
    void anUnknownKeyInAFileNamesTheNearest(String key, String nearest) throws IOException {
        ConfigSource source = ConfigFiles.ofFile(file("typo.conf", "steps = 7\n" + key + " = 5"));
        assertThatThrownBy(source::toRunConfig)
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("unknown key " + key + " (")
                .hasMessageContaining("typo.conf: 2")
                .hasMessageEndingWith("; the nearest known key is " + nearest);
    }

    @Test
    void anUnknownKeyOnTheCommandLineNamesTheNearest() {
        assertThatThrownBy(() -> run("batchsize=5"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("unknown key batchsize (the command line); the nearest known key is batch-size");
    }

    @Test
    void anUnknownSectionIsRefused() {
        ConfigSource source = ConfigFiles.ofText("steps = 7\nloss-function { label-smoothing = 0.1 }");
        assertThatThrownBy(source::toRunConfig)
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("unknown key loss-function (");
    }

    @ParameterizedTest
    @ValueSource(strings = {"steps", "=5", ""})
    void anArgumentThatIsNoAssignmentIsRefused(String argument) {
        assertThatThrownBy(() -> run(argument))
                .isInstanceOf(RefusedException.class)
                .hasMessage("argument " + argument + " is not key=value; write key=value");
    }

    @Test
    void aWrongTypeNamesKeyValueAndLine() throws IOException {
        ConfigSource source = ConfigFiles.ofFile(file("wrong.conf", "steps = 7\n\nbatch-size = many"));
        assertThatThrownBy(source::toRunConfig)
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("batch-size = many (")
                .hasMessageContaining("wrong.conf: 3")
                .hasMessageEndingWith(") is not a whole number; correct the value");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "batch-size=many | batch-size = many | is not a whole number",
                "batch-size=1.5 | batch-size = 1.5 | is not a whole number",
                "batch-size=3000000000 | batch-size = 3000000000 | is not a whole number",
                "batch-size=[1] | batch-size = [1] | is not a whole number",
                "seed=0.5 | seed = 0.5 | is not a whole number",
                "steps=ten | steps = ten | is not a whole number",
                "partitions=0 | partitions = 0 | is not a whole number from 1 or auto",
                "partitions=all | partitions = all | is not a whole number from 1 or auto",
                "model.norm=layers | model.norm = layers | is not one of batch, none, layer, group, instance, switchable",
                "model.init.name=zero | model.init.name = zero | is not one of he, xavier, gaussian, truncated-gaussian",
                "data.shuffle=maybe | data.shuffle = maybe | is not one of true, once, false",
                "model.hidden=[10, 2.5] | model.hidden = [10, 2.5] | is not a list of whole numbers",
                "model.hidden=10 | model.hidden = 10 | is not a list of whole numbers",
                "model.norm-epsilon=small | model.norm-epsilon = small | is not a number",
                "model.init.deviation=small | model.init.deviation = small | is not a number",
                "overwrite=maybe | overwrite = maybe | is not true or false",
                "data.mean=black | data.mean = black | is not a number, a list of numbers or none",
                "data.mean=[black] | data.mean = [black] | is not a number, a list of numbers or none",
                "slots-timeout=soon | slots-timeout = soon | is not a time such as 10s or 5min",
                "slots-timeout=xmin | slots-timeout = xmin | is not a time such as 10s or 5min"
            })
    void aWrongTypeNamesKeyValueAndWhatIsExpected(String assignment, String keyAndValue, String expected) {
        assertThatThrownBy(() -> run(assignment))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith(keyAndValue + " (command line")
                .hasMessageContaining(") " + expected + ";");
    }

    @Test
    void aValueThatIsNoHoconIsRefused() {
        assertThatThrownBy(() -> run("model.hidden=[1, 2"))
                .isInstanceOf(RefusedException.class)
                .hasMessage("model.hidden = [1, 2 (command line) is no value; correct the value");
    }

    @Test
    void aSectionThatIsAScalarIsRefused() throws IOException {
        ConfigSource source = ConfigFiles.ofFile(file("scalar.conf", "steps = 7\nmodel = mlp"));
        assertThatThrownBy(source::toRunConfig)
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("model = mlp (")
                .hasMessageContaining("scalar.conf: 2")
                .hasMessageEndingWith(") is not a section; write model { ... }");
    }

    @Test
    void stepsAndEpochsInOneFileAreRefused() {
        ConfigSource source = ConfigFiles.ofText("steps = 7\nepochs = 3");
        assertThatThrownBy(source::toRunConfig)
                .isInstanceOf(RefusedException.class)
                .hasMessage("steps and epochs are both set; set one of them");
    }

    @Test
    void neitherStepsNorEpochsIsRefused() {
        ConfigSource source = ConfigFiles.ofText("");
        assertThatThrownBy(source::toRunConfig)
                .isInstanceOf(RefusedException.class)
                .hasMessage("neither steps nor epochs is set; set one of them");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "steps=-1 | steps = -1 is too small; it must be at least 0",
                "epochs=-1 | epochs = -1 is too small; it must be at least 0",
                "batch-size=0 | batch-size = 0 is too small; it must be at least 1",
                "slices=0 | slices = 0 is too small; it must be at least 1",
                "slices=61 | slices = 61 is more than batch-size = 60; lower slices or raise batch-size",
                "partitions=9 | partitions = 9 is more than slices = 8; lower partitions or raise slices",
                "evaluate-every=0 | evaluate-every = 0 is too small; it must be at least 1",
                "step-retries=-1 | step-retries = -1 is too small; it must be at least 0",
                "statistics-timeout=0s | statistics-timeout = 0 ms is too short; it must be above 0",
                "slots-timeout=-1s | slots-timeout = -1000 ms is too short; it must be above 0",
                "loss.label-smoothing=1.5 | loss.label-smoothing = 1.5 is out of range; it must be from 0.0 to 1.0",
                "model.hidden=[10, 0] | model.hidden = 0 is too small; it must be at least 1",
                "model.norm-epsilon=0 | model.norm-epsilon = 0.0 is out of range; it must be above 0.0",
                "model.norm-decay=1.1 | model.norm-decay = 1.1 is out of range; it must be from 0.0 to 1.0",
                "model.init.name=gaussian | model.init.deviation is not set, gaussian needs it; set it, for example to 0.01",
                "model.init.name=truncated-gaussian | model.init.deviation is not set, truncated-gaussian needs it; set it, for example to 0.01",
                "model.init.deviation=-1 | model.init.deviation = -1.0 is out of range; it must be above 0.0",
                "data.format=idx | data.train is not set; name the folder with data.train=PATH",
                "data.examples=0 | data.examples = 0 is too small; it must be at least 1",
                "data.validation-examples=-1 | data.validation-examples = -1 is too small; it must be at least 0",
                "data.deviation=[1, 0] | data.deviation = 0.0 is out of range; it must be above 0.0",
                "optimizer.momentum=-0.1 | optimizer.momentum = -0.1 is out of range; it must be from 0.0 to 1.0",
                "optimizer.nesterov=true | optimizer.nesterov = true needs a momentum; set optimizer.momentum, for example to 0.9",
                "optimizer.epsilon=0 | optimizer.epsilon = 0.0 is out of range; it must be above 0.0",
                "learning-rate.factor=0 | learning-rate.factor = 0.0 is out of range; it must be above 0.0",
                "learning-rate.every=0 | learning-rate.every = 0 is too small; it must be at least 1",
                "learning-rate.warmup-steps=-1 | learning-rate.warmup-steps = -1 is too small; it must be at least 0",
                "learning-rate.milestones=[5, 5] | learning-rate.milestones = [5, 5] do not rise from 1; list steps in rising order",
                "learning-rate.milestones=[0, 5] | learning-rate.milestones = [0, 5] do not rise from 1; list steps in rising order"
            })
    void aBrokenRuleSaysWhichAndWhatToDo(String assignment, String message) {
        assertThatThrownBy(() -> run(assignment))
                .isInstanceOf(RefusedException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "optimizer.weight-decay=-1",
                "optimizer.beta1=1",
                "optimizer.beta2=-0.1",
                "learning-rate.initial=-1"
            })
    void aNumberOutOfItsRangeIsRefusedByName(String assignment) {
        String key = assignment.substring(0, assignment.indexOf('='));
        assertThatThrownBy(() -> run(assignment))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith(key + " = ")
                .hasMessageContaining(" is out of range; it must be from 0.0 to ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.init.deviation=0.01",
                "learning-rate.schedule=constant",
                "learning-rate.milestones=[5, 9]",
                "optimizer.beta1=0.5",
                "steps=0"
            })
    void keysOfAnAlternativeNotChosenAreAllowed(String assignment) {
        assertThat(run(assignment)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "a {", "a.", "a : [{"})
    void aTextNestedTooDeeplyIsRefused(String opening) {
        assertThatThrownBy(() -> ConfigFiles.ofText(opening.repeat(20_000)))
                .isInstanceOf(RefusedException.class)
                .hasMessage("the configuration cannot be read: it is nested too deeply; correct its syntax");
    }

    @Test
    void aValueNestedTooDeeplyIsRefused() {
        ConfigSource source = ConfigFiles.ofText("steps = 7");
        List<String> assignments = List.of("model.hidden=" + "[".repeat(20_000));
        assertThatThrownBy(() -> source.with(assignments))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("the configuration cannot be read: it is nested too deeply");
    }

    @Test
    void substitutionsThatWouldTakeForeverAreRefused() {
        ConfigSource source = ConfigFiles.ofText("steps = 7, model.width = " + "${?model}".repeat(40));
        assertThatThrownBy(source::toRunConfig)
                .isInstanceOf(RefusedException.class)
                .hasMessage(
                        "the configuration has 40 substitutions and +=; write values out until there are at most 12");
    }

    @Test
    void aQuotedSubstitutionIsText() {
        String path = "\\\"${x}\\\\".repeat(20);
        RunConfig run = ConfigFiles.ofText("steps = 7, data.train = \"" + path + "\", seed = ${steps}")
                .toRunConfig();
        assertThat(run.data().train().optional()).contains("\"${x}\\".repeat(20));
        assertThat(run.seed()).isEqualTo(7);
    }

    @Test
    void aRefusalIsOneLineWhateverItQuotes() {
        assertThatThrownBy(() -> run("batch-size=\"1\\n2\\u001b[31m\""))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("batch-size = 1 2 [31m (");
    }

    private static RunConfig run(String... assignments) {
        return ConfigFiles.ofText("steps = 7").with(List.of(assignments)).toRunConfig();
    }

    private File file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toFile();
    }
}
