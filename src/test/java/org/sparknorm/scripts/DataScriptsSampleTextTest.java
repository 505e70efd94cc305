package org.sparknorm.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.data.TextRows;
import org.sparknorm.testing.ScriptRun;

/** {@code data-scripts/sample-text}. */
class DataScriptsSampleTextTest {
    @TempDir
    Path folder;

    private static ScriptRun run(Path output, int seed) throws Exception {
        return ScriptRun.of("sample-text", output, "--texts", "200", "--validation", "50", "--seed", seed);
    }

    @Test
    void textsAreAboutFourSubjects() throws Exception {
        Path output = folder.resolve("texts");
        ScriptRun run = run(output, 1);
        run.assertSucceeded();
        assertThat(run.out())
                .containsExactly(
                        output + "/train.csv: 200 texts, 4 classes", output + "/validation.csv: 50 texts, 4 classes");
        TreeMap<String, Integer> labels = new TreeMap<>();
        try (InputStream in = Files.newInputStream(output.resolve("train.csv"))) {
            TextRows rows = new TextRows(in, "train.csv", false);
            while (rows.hasNext()) {
                labels.merge(rows.next().label(), 1, Integer::sum);
            }
        }
        assertThat(labels.keySet()).containsExactly("cooking", "music", "travel", "weather");
        assertThat(labels.values()).allMatch(count -> count > 30);
    }

    @Test
    void sameSeedWritesTheSameTexts() throws Exception {
        Path output = folder.resolve("texts");
        run(output, 1).assertSucceeded();
        String first = Files.readString(output.resolve("train.csv"));
        run(output, 2).assertSucceeded();
        assertThat(output.resolve("train.csv")).content().isNotEqualTo(first);
        run(output, 1).assertSucceeded();
        assertThat(output.resolve("train.csv")).content().isEqualTo(first);
    }

    @Test
    void foldersOfOthersAreLeftAlone() throws Exception {
        Path mine = Files.createDirectory(folder.resolve("mine"));
        Files.writeString(mine.resolve("train.csv"), "mine");
        run(mine, 1).assertRefused(mine + " is not empty and was not made by this script; name another folder");
        assertThat(mine.resolve("train.csv")).content().isEqualTo("mine");
        ScriptRun.of("sample-text", folder.resolve("new"), "--texts", "0")
                .assertRefused("--texts 0 is no whole number from 1 to 9999999; choose one");
        assertThat(folder.resolve("new")).doesNotExist();
    }
}
