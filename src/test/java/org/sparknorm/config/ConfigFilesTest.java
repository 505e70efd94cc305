package org.sparknorm.config;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Configurations from files, the command line and the text of others. */
@Tag("unit")
class ConfigFilesTest {
    private static final File CONFIGURATIONS = new File("conf");

    @TempDir
    Path folder;

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

    @Test
    void theCommandLineComesOverASectionThatBeginsAsASubstitution() {
        ConfigSource source = ConfigFiles.ofText("steps = 7, model = ${?none}, model { width = 3, projection = 5 }");
        ModelConfig model = source.with(List.of("model.width=2")).toRunConfig().model();
        assertThat(model.width()).isEqualTo(2);
        assertThat(model.projection()).isEqualTo(5);
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
