package org.sparknorm.spark.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.testing.LocalSpark;
import org.sparknorm.testing.Runs;

/** Of a folder every file counts that holds examples, or the folder is refused: never a part of it in silence. */
class WhichFilesCountTest {
    @RegisterExtension
    static final LocalSpark SPARK = new LocalSpark(2);

    private static final StructType SCHEMA =
            new StructType().add("image", DataTypes.BinaryType).add("label", DataTypes.IntegerType);

    private static final int ROWS = 10;

    @TempDir
    Path folder;

    private Path table;

    @BeforeEach
    void folders() throws IOException {
        table = Files.createDirectory(folder.resolve("table"));
    }

    private void parquet(Path target) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            rows.add(RowFactory.create(new byte[] {1}, i % 2));
        }
        Path written = folder.resolve("written-" + target.getFileName());
        SparkSession.builder()
                .getOrCreate()
                .createDataFrame(rows, SCHEMA)
                .coalesce(1)
                .write()
                .parquet(written.toString());
        try (var parts = Files.newDirectoryStream(written, "*.parquet")) {
            Files.copy(parts.iterator().next(), target);
        }
    }

    private DataSource.Description open(String format, Path train) {
        String model = format.equals("text") ? "transformer" : "resnet20";
        RunConfig config = Runs.config("steps = 1, model.name = %s, data { format = %s, train = \"%s\", size = 16 }"
                .formatted(model, format, train));
        return DataSources.of(config.data(), Split.TRAIN, new Configuration()).description();
    }

    @Test
    void parquetIsKnownByItsFirstBytes() throws IOException {
        parquet(table.resolve("a.parquet"));
        parquet(table.resolve("b.parq"));
        parquet(table.resolve("part-00000"));
        Files.writeString(table.resolve("README.md"), "# About");
        Files.writeString(table.resolve("empty"), "");
        Files.writeString(table.resolve("_classes.txt"), "one\ntwo\n");
        DataSource.Description found = open("parquet", table);
        assertThat(found.count()).isEqualTo(3 * ROWS);
        assertThat(found.classNames()).containsExactly("one", "two");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            more        | holds the folder more, which would not be read; name a folder that holds all its files
            label=0     | holds the folder label=0, which would not be read
            _delta_log  | is a table of Delta Lake, which says which rows of its files count; write the table's rows to
            metadata    | is a table of Iceberg
            .hoodie     | is a table of Hudi
            """)
    void foldersNextToParquetFilesAreRefused(String name, String message) throws IOException {
        parquet(table.resolve("a.parquet"));
        Files.createDirectory(table.resolve(name));
        assertThatThrownBy(() -> open("parquet", table))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(table + " " + message);
    }

    @Test
    void splitsInOneFolderOfParquetAreRefused() throws IOException {
        parquet(table.resolve("train-00000-of-00002.parquet"));
        parquet(table.resolve("train-00001-of-00002.parquet"));
        parquet(table.resolve("trainees.parquet"));
        assertThat(open("parquet", table).count()).isEqualTo(3 * ROWS);
        parquet(table.resolve("Test-00000-of-00001.parquet"));
        assertThatThrownBy(() -> open("parquet", table))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("holds files of several splits: Test-00000-of-00001.parquet, "
                        + "train-00000-of-00002.parquet; name one file, or a folder with the files of one split");
        assertThat(open("parquet", table.resolve("train-00000-of-00002.parquet"))
                        .count())
                .isEqualTo(ROWS);
    }

    @Test
    void splitsInOneFolderOfTextsAreRefused() throws IOException {
        Files.writeString(table.resolve("train.csv"), "good,a text\nbad,another\n");
        assertThat(open("text", table).count()).isEqualTo(2);
        Files.writeString(table.resolve("validation.csv"), "good,a text\n");
        assertThatThrownBy(() -> open("text", table))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("holds files of several splits: train.csv, validation.csv");
    }

    @Test
    void splitsAreNoClasses() throws IOException {
        for (String split : List.of("train", "val", "test")) {
            Path cats = Files.createDirectories(table.resolve(split).resolve("cats"));
            Files.writeString(cats.resolve("a.jpg"), "an image");
        }
        assertThatThrownBy(() -> open("image-folder", table))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("holds the splits test, train, val and no folders of classes; name one of them");
        Files.createDirectory(table.resolve("buses"));
        assertThat(open("image-folder", table).classes()).isEqualTo(4);
    }

    @Test
    void hiddenFilesAndBracketsOfTextsAndCifarDoNotMatter() throws IOException {
        Path texts = Files.createDirectory(folder.resolve("texts [1] {x}"));
        Files.writeString(texts.resolve("train.csv"), "good,a text\nbad,another\n");
        Files.writeString(texts.resolve("._train.csv"), "\0\5resource fork");
        assertThat(open("text", texts).count()).isEqualTo(2);
        Path cifar = Files.createDirectory(folder.resolve("cifar [1] {x}"));
        Files.write(cifar.resolve("data_batch_1.bin"), new byte[3073]);
        assertThat(open("cifar10", cifar).count()).isEqualTo(1);
    }
}
