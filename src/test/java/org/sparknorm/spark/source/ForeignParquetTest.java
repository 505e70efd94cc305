package org.sparknorm.spark.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.testing.LocalSpark;
import org.sparknorm.testing.Runs;
import org.sparknorm.testing.SampleImages;

/** Parquet files that others wrote: an image in a structure, labels of 64 bits, no path. */
class ForeignParquetTest {
    @RegisterExtension
    static final LocalSpark SPARK = new LocalSpark(2);

    private static final StructType SCHEMA = new StructType()
            .add("picture", new StructType().add("bytes", DataTypes.BinaryType))
            .add("kind", DataTypes.LongType);

    @TempDir
    Path folder;

    /** The images of the sample folders, in the order of their paths. */
    private List<Row> rows() throws IOException {
        Path images = SampleImages.write(folder.resolve("images"), 8);
        List<Row> rows = new ArrayList<>();
        for (int label = 0; label < SampleImages.CLASSES.size(); label++) {
            try (var files = Files.list(images.resolve(SampleImages.CLASSES.get(label)))) {
                for (Path file : files.sorted().toList()) {
                    rows.add(RowFactory.create(RowFactory.create((Object) Files.readAllBytes(file)), (long) label));
                }
            }
        }
        return rows;
    }

    private void write(List<Row> rows) {
        SparkSession session = SparkSession.builder().getOrCreate();
        session.createDataFrame(rows, SCHEMA)
                .coalesce(1)
                .write()
                .parquet(folder.resolve("table").toString());
    }

    private RunConfig config(String... more) {
        return Runs.config("""
                model { name = resnet20, width = 0.25 }, batch-size = 8, slices = 2, steps = 4, partitions = 2
                data { size = 16, augment { flip = true }, format = parquet, train = "%s",
                       image-column = picture.bytes, label-column = kind }
                """.formatted(folder.resolve("table")) + String.join("\n", more));
    }

    @Test
    void columnsAreThoseTheConfigurationNames() throws IOException {
        write(rows());
        String fromFolders = Runs.sha256OnSpark(
                SPARK.context(),
                config("data.format = image-folder, data.train = \"" + folder.resolve("images") + "\""));
        assertThat(Runs.sha256OnSpark(SPARK.context(), config())).isEqualTo(fromFolders);
    }

    @Test
    void columnThatIsNotThereIsRefusedWithThoseThatAre() throws IOException {
        write(rows());
        assertThat(refusal(config("data.label-column = label")))
                .contains("has no column label, but picture.bytes, kind; name one with data.label-column=COLUMN");
        assertThat(refusal(config("data.image-column = kind"))).contains("column kind of", "not bytes");
    }

    @Test
    void missingLabelIsRefusedByRow() throws IOException {
        List<Row> rows = rows();
        rows.set(5, RowFactory.create(rows.get(5).get(0), null));
        write(rows);
        assertThat(refusal(config())).contains("row 5 of the data", "has no label; leave such rows out of the file");
    }

    @Test
    void labelBeyondTheClassesIsRefusedByRow() throws IOException {
        List<Row> rows = rows();
        rows.set(4, RowFactory.create(rows.get(4).get(0), 7L));
        write(rows);
        assertThat(refusal(config("model.classes = 2"))).contains("has label 7, model.classes = 2 allows 0 to 1");
    }

    @Test
    void negativeLabelsAreRefusedByRow() throws IOException {
        List<Row> rows = rows();
        rows.set(3, RowFactory.create(rows.get(3).get(0), -1L));
        write(rows);
        assertThat(refusal(config())).contains("row 3 of the data", "has label -1; labels are whole numbers from 0 on");
    }

    private static String refusal(RunConfig config) {
        try {
            Runs.sha256OnSpark(SPARK.context(), config);
            return "nothing was refused";
        } catch (RefusedException e) {
            return e.getMessage();
        }
    }
}
