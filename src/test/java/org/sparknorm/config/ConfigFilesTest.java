package org.sparknorm.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations: defaults, files, the command line, and what is refused with which message. */
@Tag("unit")
class ConfigFilesTest {
    private static final File CONFIGURATIONS = new File("conf");

    @TempDir
    Path folder;

    @Test
    void defaultsOfTheModel() {
        ModelConfig model = run().model();
        assertThat(model)
                .isEqualTo(new ModelConfig(
                        ModelConfig.Name.MLP,
                        AutoInteger.AUTO,
                        ModelConfig.Activation.RELU,
                        List.of(100, 100, 100),
                        ModelConfig.Norm.BATCH,
                        new Setting<>(null),
                        true,
                        1e-5,
                        0.9,
                        false,
                        32,
                        1.0,
                        96,
                        ModelConfig.Bias.AUTO,
                        0,
                        false,
                        7,
                        4,
                        2,
                        64,
                        new ModelConfig.InitConfig(new Setting<>(null), new Setting<>(null), 1.0)));
    }

    @Test
    void defaultsOfTheData() {
        DataConfig data = run().data();
        assertThat(data)
                .isEqualTo(new DataConfig(
                        DataConfig.Format.DIGITS,
                        new Setting<>(null),
                        new Setting<>(null),
                        AutoInteger.AUTO,
                        false,
                        ChannelValues.NONE,
                        ChannelValues.NONE,
                        DataConfig.Shuffle.TRUE,
                        0,
                        DataConfig.LastBatch.KEEP,
                        AugmentConfigTest.NONE,
                        DataConfig.BadImages.FAIL,
                        100_000_000,
                        "image",
                        "label",
                        60_000,
                        10_000,
                        1));
    }

    @Test
    void defaultsOfOptimizerRateAndLoss() {
        RunConfig run = run();
        assertThat(run.optimizer())
                .isEqualTo(new OptimizerConfig(
                        OptimizerConfig.Name.SGD,
                        0,
                        false,
                        0,
                        false,
                        0.9,
                        0.999,
                        1e-8,
                        0.99,
                        false,
                        0.001,
                        Limit.NONE,
                        Limit.NONE));
        assertThat(run.learningRate())
                .isEqualTo(
                        new LearningRateConfig(0.1, LearningRateConfig.Schedule.CONSTANT, 0.1, 10_000, List.of(), 0));
        assertThat(run.loss()).isEqualTo(new LossConfig(0));
    }

    @Test
    void defaultsOfTheRun() {
        RunConfig run = run();
        assertThat(run.batchSize()).isEqualTo(60);
        assertThat(run.slices()).isEqualTo(8);
        assertThat(run.partitions().isAuto()).isTrue();
        assertThat(run.seed()).isEqualTo(1);
        assertThat(run.evaluateEvery()).isEqualTo(500);
        assertThat(run.earlyStopping()).isEqualTo(new EarlyStoppingConfig(0, EarlyStoppingConfig.Measure.LOSS, 0));
        assertThat(run.checkpoint()).isEqualTo(new CheckpointConfig(1000, 3));
        assertThat(run.resumes()).isFalse();
        assertThat(run.initialWeights()).isEmpty();
        assertThat(run.output().optional()).isEmpty();
        assertThat(run.overwrite()).isFalse();
        assertThat(run.stepRetries()).isEqualTo(3);
        assertThat(run.statisticsTimeout()).isEqualTo(Duration.ofMinutes(10));
        assertThat(run.slotsTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(run.onDivergence()).isEqualTo(RunConfig.OnDivergence.STOP);
    }

    @ParameterizedTest
    @CsvSource({"relu, HE", "sigmoid, XAVIER", "tanh, XAVIER"})
    void initialWeightsSuitTheActivation(String activation, ModelConfig.InitName expected) {
        ModelConfig model = run("model.activation=" + activation).model();
        assertThat(model.init().nameFor(model.activation())).isEqualTo(expected);
    }

    @Test
    void aFileGivesWhatDiffersFromTheDefaults() throws IOException {
        RunConfig run = ConfigFiles.ofFile(file("a.conf", "steps = 7\nmodel { hidden = [5], activation = tanh }"))
                .toRunConfig();
        assertThat(run.totalSteps(1)).isEqualTo(7);
        assertThat(run.model().hidden()).containsExactly(5);
        assertThat(run.model().activation()).isEqualTo(ModelConfig.Activation.TANH);
        assertThat(run.model().norm()).isEqualTo(ModelConfig.Norm.BATCH);
    }

    @Test
    void aFileIncludesAnotherAndOverridesIt() throws IOException {
        file("base.conf", "steps = 7\nbatch-size = 30\nmodel.norm = none");
        File derived = file("derived.conf", "include \"base.conf\"\nbatch-size = 40");
        RunConfig run = ConfigFiles.ofFile(derived).toRunConfig();
        assertThat(run.totalSteps(1)).isEqualTo(7);
        assertThat(run.batchSize()).isEqualTo(40);
        assertThat(run.model().norm()).isEqualTo(ModelConfig.Norm.NONE);
    }

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

    @Test
    void theCommandLineWinsOverTheFile() {
        RunConfig run = ConfigFiles.ofText("steps = 7\nbatch-size = 30")
                .with(List.of("batch-size=50"))
                .toRunConfig();
        assertThat(run.batchSize()).isEqualTo(50);
    }

    @Test
    void theLaterOfTwoAssignmentsWins() {
        assertThat(run("batch-size=50", "batch-size=70").batchSize()).isEqualTo(70);
    }

    @Test
    void stepsReplaceEpochs() {
        RunConfig run =
                ConfigFiles.ofText("epochs = 3").with(List.of("steps=20")).toRunConfig();
        assertThat(run.totalSteps(100)).isEqualTo(20);
    }

    @Test
    void epochsReplaceSteps() {
        RunConfig run =
                ConfigFiles.ofText("steps = 20").with(List.of("epochs=3")).toRunConfig();
        assertThat(run.totalSteps(100)).isEqualTo(300);
    }

    @Test
    void theLaterOfStepsAndEpochsWins() {
        assertThat(run("epochs=3", "steps=20", "epochs=4").totalSteps(100)).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hdfs://nn/x",
                "hdfs://nn:8020/user/someone/a=b/c=d",
                "a folder with blanks, a comma and # hash",
                "${HOME}/data",
                "\"quoted\"",
                "C:\\data",
                "true",
                "17"
            })
    void textIsTakenLiterally(String path) {
        assertThat(run("data.train=" + path).data().train().optional()).contains(path);
    }

    @Test
    void otherValuesAreHocon() {
        RunConfig run = run("model.hidden=[64, 32]", "data.mean=[0.1, 0.2]", "statistics-timeout=90s", "seed=-5");
        assertThat(run.model().hidden()).containsExactly(64, 32);
        assertThat(run.data().mean().values()).containsExactly(0.1, 0.2);
        assertThat(run.statisticsTimeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(run.seed()).isEqualTo(-5);
    }

    @ParameterizedTest
    @CsvSource({"5min, 300", "5 min, 300", "10m, 600", "2 minutes, 120", "30s, 30", "1h, 3600"})
    void timesAsPeopleWriteThem(String text, long seconds) {
        assertThat(run("slots-timeout=" + text).slotsTimeout()).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void aMeanForAllChannelsIsTheSameForEach() {
        assertThat(run("data.mean=0.25").data().mean().of(2)).isEqualTo(0.25);
    }

    @Test
    void aLargeSeedKeepsAllItsDigits() {
        assertThat(run("seed=9007199254740993").seed()).isEqualTo(9_007_199_254_740_993L);
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

    @Test
    void theResolvedTextMakesTheSameConfigurationAgain() {
        ConfigSource source = ConfigFiles.ofText("epochs = 3\nmodel.hidden = [5]")
                .with(List.of(
                        "data.train=hdfs://nn/a=b #c \"d\" ${e}",
                        "data.mean=[0.1, 0.25]",
                        "statistics-timeout=5min",
                        "model.init.name=gaussian",
                        "model.init.deviation=0.01",
                        "partitions=3",
                        "output=runs/ä b",
                        "seed=9007199254740993"));
        assertThat(ConfigFiles.ofText(source.resolvedText()).toRunConfig()).isEqualTo(source.toRunConfig());
    }

    @Test
    void theResolvedTextHoldsTheDefaults() {
        Config resolved =
                ConfigFactory.parseString(ConfigFiles.ofText("steps = 7").resolvedText());
        assertThat(resolved.getInt("batch-size")).isEqualTo(60);
        assertThat(resolved.getDouble("model.norm-decay")).isEqualTo(0.9);
    }

    @Test
    void theTextMakesTheSameSourceAgain() {
        ConfigSource source = ConfigFiles.ofText("steps = 7").with(List.of("data.train=hdfs://nn/x"));
        ConfigSource again = ConfigFiles.ofText(source.text());
        assertThat(again.toRunConfig()).isEqualTo(source.toRunConfig());
        assertThat(again.config().hasPath("batch-size")).isFalse();
    }

    @Test
    @SuppressWarnings("BanSerializableRead") // reads what the lines before wrote
    void aConfigurationTravelsToExecutors() throws Exception {
        RunConfig run = run("model.hidden=[64, 32]", "data.mean=0.5", "data.train=hdfs://nn/x");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(run);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(run);
        }
    }

    @Test
    void thePaperWithAndWithoutNormDifferInTheNormAlone() {
        Map<String, Object> with = values(ConfigFiles.ofFile(new File(CONFIGURATIONS, "mnist-bn.conf")));
        Map<String, Object> without = values(ConfigFiles.ofFile(new File(CONFIGURATIONS, "mnist-nobn.conf")));
        assertThat(without.keySet()).isEqualTo(with.keySet());
        Set<String> different = new TreeSet<>(with.keySet());
        different.removeIf(key -> with.get(key).equals(without.get(key)));
        assertThat(different).containsExactly("model.norm");
        assertThat(with).containsEntry("model.norm", "batch");
        assertThat(without).containsEntry("model.norm", "none");
    }

    @Test
    void thePaperIsAsItsSectionSaysAndThePlanFixes() {
        RunConfig run =
                ConfigFiles.ofFile(new File(CONFIGURATIONS, "mnist-bn.conf")).toRunConfig();
        assertThat(run.model().hidden()).containsExactly(100, 100, 100);
        assertThat(run.model().activation()).isEqualTo(ModelConfig.Activation.SIGMOID);
        assertThat(run.model().init().nameFor(run.model().activation())).isEqualTo(ModelConfig.InitName.GAUSSIAN);
        assertThat(run.model().init().deviation().optional()).contains(0.01);
        assertThat(run.batchSize()).isEqualTo(60);
        assertThat(run.totalSteps(1)).isEqualTo(50_000);
        assertThat(run.learningRate().initial()).isEqualTo(0.1);
        assertThat(run.learningRate().schedule()).isEqualTo(LearningRateConfig.Schedule.CONSTANT);
        assertThat(run.optimizer().momentum()).isZero();
        assertThat(run.optimizer().weightDecay()).isZero();
        assertThat(run.data().binarize()).isFalse();
        assertThat(run.data().format()).isEqualTo(DataConfig.Format.DIGITS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mnist-bn.conf", "mnist-nobn.conf", "keras-mlp.conf", "pytorch-mlp.conf"})
    void theConfigurationsInTheJarAreThoseOfTheFolder(String name) {
        assertThat(ConfigFiles.ofResource(name).toRunConfig())
                .isEqualTo(ConfigFiles.ofFile(new File(CONFIGURATIONS, name)).toRunConfig());
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
    void theCommandLineComesOverASectionThatBeginsAsASubstitution() {
        ConfigSource source = ConfigFiles.ofText("steps = 7, model = ${?none}, model { width = 3, projection = 5 }");
        ModelConfig model = source.with(List.of("model.width=2")).toRunConfig().model();
        assertThat(model.width()).isEqualTo(2);
        assertThat(model.projection()).isEqualTo(5);
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

    private static Map<String, Object> values(ConfigSource source) {
        Map<String, Object> values = new TreeMap<>();
        Config resolved = ConfigFactory.parseString(source.resolvedText());
        for (Map.Entry<String, ConfigValue> entry : resolved.entrySet()) {
            values.put(entry.getKey(), entry.getValue().unwrapped());
        }
        return values;
    }

    private File file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toFile();
    }
}
