package org.sparknorm.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.testing.LocalSpark;
import org.sparknorm.train.Prediction;

/** Names of images as the world made them come back from the files of predictions. */
class PredictionFilesTest {
    @RegisterExtension
    static final LocalSpark SPARK = new LocalSpark(2);

    private static final List<String> NAMES = List.of(
            "5\" pipe, steel.jpg",
            "\"quoted\".jpg",
            "two\nlines.jpg",
            "carriage\rreturn.jpg",
            " blanks ",
            "back\\slash\\.jpg",
            "back\\\"slash",
            "#comment",
            "plain.jpg");

    @TempDir
    Path folder;

    private void write(PredictionFiles.Format format, Path output) throws IOException {
        List<Prediction> predictions = new ArrayList<>();
        for (String name : NAMES) {
            predictions.add(new Prediction(name, predictions.size(), -1, new int[] {1, 0}, new double[] {0.75, 0.25}));
        }
        PredictionFiles.write(
                SPARK.context().parallelize(predictions, 1), 2, List.of("a, b", "c \"d\""), format, output.toString());
    }

    @Test
    void csvDoublesQuotesAndKeepsBlanksAndLineBreaks() throws IOException {
        Path output = folder.resolve("csv");
        write(PredictionFiles.Format.CSV, output);
        String text;
        try (Stream<Path> parts = Files.list(output)) {
            text = Files.readString(parts.filter(part -> part.toString().endsWith(".csv"))
                    .findFirst()
                    .orElseThrow());
        }
        assertThat(text)
                .startsWith("path,label,class1,probability1,class2,probability2\n"
                        + "\"5\"\" pipe, steel.jpg\",,\"c \"\"d\"\"\",0.75,\"a, b\",0.25\n")
                .contains("\n\"two\nlines.jpg\",")
                .contains("\n\"carriage\rreturn.jpg\",");
        assertThat(names(output)).containsExactlyElementsOf(NAMES);
    }

    private static List<String> names(Path output) {
        List<Row> rows = SparkSession.active()
                .read()
                .option("header", true)
                .option("escape", "\"")
                .option("multiLine", true)
                .csv(output.toString())
                .collectAsList();
        return rows.stream().map(row -> row.<String>getAs("path")).toList();
    }

    @Test
    void foldersMayHaveNamesThatSparkTakesForPatterns() throws IOException {
        for (String name : List.of("step[0].parquet", "{x}", "what?", "a*")) {
            write(PredictionFiles.Format.PARQUET, folder.resolve(name));
            write(PredictionFiles.Format.CSV, folder.resolve(name + ".csv"));
            assertThat(folder.resolve(name).resolve("_SUCCESS")).exists();
            assertThat(folder.resolve(name + ".csv").resolve("_SUCCESS")).exists();
        }
    }
}
