package org.sparknorm.spark.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Cifar10;
import org.sparknorm.data.ExampleForm;
import org.sparknorm.data.Split;
import org.sparknorm.tensor.Shape;

/** The source of each format and split describes its examples before Spark starts. */
@Tag("unit")
class DataSourcesTest {
    private static final Configuration HADOOP = new Configuration();

    @TempDir
    Path folder;

    private static RunConfig config(String data) {
        return ConfigFiles.ofText("steps = 1, data { " + data + " }").toRunConfig();
    }

    private RunConfig config(String format, Path train) {
        String model = format.equals("text") ? "transformer" : "resnet20";
        return config("format = %s, train = \"%s\", size = 16 }, model { name = %s".formatted(format, train, model));
    }

    private DataSource training(String format, Path train) {
        return DataSources.of(config(format, train).data(), Split.TRAIN, HADOOP);
    }

    @Test
    void digitsAreGeneratedForBothSplits() {
        RunConfig config = config("examples = 30, validation-examples = 20");
        assertThat(DataSources.of(config.data(), Split.TRAIN, HADOOP).description())
                .isEqualTo(new DataSource.Description(30, Shape.of(28, 28, 1), 10));
        assertThat(DataSources.of(config.data(), Split.VALIDATION, HADOOP)
                        .description()
                        .count())
                .isEqualTo(20);
    }

    @Test
    void withoutValidationExamplesThereIsNoSource() {
        RunConfig digits = config("examples = 30, validation-examples = 0");
        assertThat(DataSources.of(digits.data(), Split.VALIDATION, HADOOP)).isNull();
        assertThat(DataSources.of(config("cifar10", folder).data(), Split.VALIDATION, HADOOP))
                .isNull();
    }

    @Test
    void filesOfCifar10FollowEachOtherInTheOrderOfTheirNames() throws IOException {
        Files.write(folder.resolve("data_batch_2.bin"), new byte[Cifar10.RECORD_BYTES]);
        Files.write(folder.resolve("data_batch_1.bin"), new byte[2 * Cifar10.RECORD_BYTES]);
        Files.write(folder.resolve("test_batch.bin"), new byte[Cifar10.RECORD_BYTES]);
        assertThat(training("cifar10", folder).description())
                .isEqualTo(new DataSource.Description(3, Shape.of(32, 32, 3), 10));
    }

    @Test
    void imagesAreFilesOfTheNamedClasses() throws IOException {
        for (String file : List.of("dogs/a.png", "cats/a.png", "cats/.hidden", "cats/deeper/b.png", "dogs/Thumbs.db")) {
            Files.createDirectories(folder.resolve(file).getParent());
            Files.createFile(folder.resolve(file));
        }
        assertThat(training("image-folder", folder).description())
                .isEqualTo(new DataSource.Description(
                        3, Shape.of(16, 16, 3), ExampleForm.FILE, 2, List.of("cats", "dogs")));
    }

    @Test
    void textsAreRawBytesWithTheClassesOfTheirLabels() throws IOException {
        Files.writeString(folder.resolve("a.csv"), "tea,one\ncoffee,two\n");
        Files.writeString(folder.resolve("b.csv"), "tea,three\n");
        assertThat(training("text", folder).description())
                .isEqualTo(new DataSource.Description(
                        3, Shape.of(16), ExampleForm.RAW_BYTES, 2, List.of("coffee", "tea")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"idx", "cifar10", "image-folder", "parquet", "text"})
    void aMissingPathIsRefusedByItsKey(String format) {
        Path nowhere = folder.resolve("nowhere");
        assertThatThrownBy(() -> training(format, nowhere))
                .isInstanceOf(RefusedException.class)
                .hasMessage("data.train = " + nowhere + " is not there; check the path");
        assertThatThrownBy(() -> DataSources.forPrediction(
                        "input", nowhere.toString(), List.of(), config(format, folder), HADOOP))
                .isInstanceOf(RefusedException.class)
                .hasMessage("input = " + nowhere + " is not there; check the path");
    }

    @Test
    void textsToPredictNeedNoLabels() throws IOException {
        Path file = Files.writeString(folder.resolve("a.csv"), "one\ntwo\n");
        DataSource source = DataSources.forPrediction(
                "input", file.toString(), List.of("coffee", "tea"), config("text", folder), HADOOP);
        assertThat(source.description().count()).isEqualTo(2);
        assertThat(source.description().classNames()).containsExactly("coffee", "tea");
    }

    @Test
    void generatedDigitsCannotBePredictedFromAPath() {
        assertThatThrownBy(() -> DataSources.forPrediction("input", "x", List.of(), config(""), HADOOP))
                .isInstanceOf(RefusedException.class)
                .hasMessage("images of format digits are generated; name another with data.format=...");
    }
}
