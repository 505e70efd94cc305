package org.sparknorm.spark.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.testing.Commands;
import org.sparknorm.testing.LocalMaster;
import org.sparknorm.testing.ScriptRun;

/** The commands on texts. */
class TextTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(2);

    @TempDir
    static Path folder;

    private static Path texts;

    @BeforeAll
    static void writeTexts() throws Exception {
        texts = folder.resolve("texts");
        ScriptRun.of("sample-text", texts, "--texts", "1000", "--validation", "200")
                .assertSucceeded();
    }

    private static Commands.Result train(Path data, String... more) {
        List<Object> arguments = new ArrayList<>(List.of(
                "train",
                "conf/sample-text.conf",
                "data.train=" + data,
                "data.validation=" + texts.resolve("validation.csv"),
                "output=" + folder.resolve("run"),
                "overwrite=true"));
        arguments.addAll(List.of(more));
        return Commands.run(arguments.toArray());
    }

    private static void assertRefused(Path data, String error, String... more) {
        Commands.Result result = train(data, more);
        assertThat(result.err()).contains(error);
        assertThat(result.code()).isEqualTo(2);
    }

    @Test
    void subjectsAreLearnedAndPredicted() throws IOException {
        Commands.Result trained = train(texts.resolve("train.csv"), "epochs=4", "batch-size=32");
        assertThat(trained.code()).as(trained.err()).isZero();
        Commands.Result evaluated = Commands.run("evaluate", folder.resolve("run"));
        assertThat(evaluated.out()).contains("cooking", "weather");
        double top1 = Double.parseDouble(evaluated
                .out()
                .lines()
                .filter(line -> line.startsWith("validation"))
                .findFirst()
                .orElseThrow()
                .strip()
                .split(" +", -1)[3]);
        // 0.25 is chance.
        assertThat(top1).isGreaterThan(0.6);

        Path unknown = Files.writeString(folder.resolve("new.csv"), """
                the choir sang the refrain
                weather,our neighbour feared a late frost
                sports,nobody was surprised
                """);
        Commands.Result predicted = Commands.run(
                "predict",
                folder.resolve("run"),
                "input=" + unknown,
                "output=" + folder.resolve("predictions"),
                "format=csv");
        assertThat(predicted.code()).as(predicted.err()).isZero();
        List<String[]> rows = new ArrayList<>();
        try (var parts = Files.list(folder.resolve("predictions"))) {
            for (Path part : parts.filter(file -> file.toString().endsWith(".csv"))
                    .sorted()
                    .toList()) {
                Files.readAllLines(part).stream().skip(1).forEach(line -> rows.add(line.split(",", -1)));
            }
        }
        assertThat(rows)
                .extracting(row -> row[0].replaceAll(".*/", ""))
                .containsExactly("new.csv:1", "new.csv:2", "new.csv:3");
        assertThat(rows).extracting(row -> row[1]).containsExactly("", "weather", "");
        assertThat(rows.get(0)[2]).isEqualTo("music");
    }

    @Test
    void whatCannotBeUsedIsRefused() throws IOException {
        Path file = texts.resolve("train.csv");
        assertRefused(
                file, "data.format = text is not for model.name = cnn; set model.name = transformer", "model.name=cnn");
        assertRefused(file, "data.size is not set; give the bytes of a text", "data.size=auto");
        assertRefused(file, "are for images, not for texts; leave them out", "data.mean=0.5");
        assertRefused(file, "5 heads do not divide an embedding of 32; change", "model.heads=5");
        assertRefused(folder.resolve("nowhere.csv"), "nowhere.csv is not there; check the path");
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertRefused(empty, "holds no .csv files; name a file, or a folder of such files");
        Files.writeString(empty.resolve("a.csv"), "label,text\n");
        assertRefused(empty, "has no rows; give another");
        Files.writeString(empty.resolve("b.csv"), "music,one\nmusic,\n");
        assertRefused(empty, "row 2 of file:", "data.size=8");
        Files.writeString(empty.resolve("b.csv"), "music,one\ncooking,two\n");
        assertRefused(
                empty, "validation.csv has the label travel, and the training data have cooking, music; correct it");
        Files.writeString(empty.resolve("b.csv"), "label,text\n0,one\n1,two\n");
        assertRefused(empty, "validation.csv has the label cooking, and the training data have numbers; correct it");
        Files.writeString(empty.resolve("b.csv"), "sentiment,review\n0,one\n1,two\n");
        assertRefused(empty, "has one row with the label sentiment among numbers; correct it, or write the heading");
        Files.writeString(empty.resolve("b.csv"), "one,music\ntwo,music\nthree,cooking\n");
        assertRefused(empty, "has another label in each of its rows; write the label first, then the text");
    }

    /** Files of a folder follow each other by their names; whole numbers are class numbers. */
    @Test
    void folderOfFilesWithNumbersAsLabels() throws IOException {
        Path parts = Files.createDirectories(folder.resolve("parts"));
        Files.writeString(parts.resolve("a.csv"), "0,one\n2,two\n");
        Files.writeString(parts.resolve("b.csv"), "1,three\n");
        // A class that validation lacks is no mistake, and its labels have the numbers of the training data.
        Files.writeString(folder.resolve("few.csv"), "2,four\n");
        Commands.Result checked = Commands.run(
                "check",
                "conf/sample-text.conf",
                "data.train=" + parts,
                "data.validation=" + folder.resolve("few.csv"),
                "output=" + folder.resolve("c"),
                "batch-size=8");
        assertThat(checked.code()).as(checked.err()).isZero();
        assertThat(checked.out()).contains("examples: 3 for training").contains("classes=3");
    }
}
