package org.sparknorm.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.report.JsonLines;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.testing.Commands;
import org.sparknorm.testing.LocalMaster;

/** What {@code record-percentiles} and {@code record-histograms} take down. */
class PercentilesTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(2);

    @TempDir
    Path folder;

    private Path conf;
    private Path run;

    @BeforeEach
    void configuration() throws IOException {
        conf = Files.writeString(folder.resolve("small.conf"), """
                model { hidden = [6], activation = sigmoid }
                data { examples = 100, validation-examples = 41 }
                batch-size = 20, slices = 4, steps = 7
                record-percentiles { layer = bn1, unit = 3, every = 3 }
                record-histograms { layer = bn1, every = 3 }
                """);
        run = folder.resolve("run");
    }

    private Commands.Result train(String... more) {
        return Commands.train(conf, run, (Object[]) more);
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(run.resolve(RunFolder.PERCENTILES));
    }

    private List<String> histograms() throws IOException {
        return Files.readAllLines(run.resolve(RunFolder.HISTOGRAMS));
    }

    @Test
    void percentilesLieBetweenTheNearestTwo() {
        float[] sorted = {1, 2, 4, 8, 16};
        assertThat(PercentileRecorder.percentile(sorted, 50)).isEqualTo(4);
        assertThat(PercentileRecorder.percentile(sorted, 15)).isCloseTo(1.6, within(1e-12));
        assertThat(PercentileRecorder.percentile(sorted, 85)).isCloseTo(11.2, within(1e-12));
        assertThat(PercentileRecorder.percentile(new float[] {3}, 85)).isEqualTo(3);
    }

    @Test
    void linesRiseAndDoNotDependOnPartitions() throws IOException {
        Commands.Result result = train("partitions=1");
        assertThat(result.code()).as(result.err()).isZero();
        List<String> one = lines();
        assertThat(one).extracting(line -> JsonLines.read(line).get("step")).containsExactly(3, 6, 7);
        assertThat(one).allSatisfy(line -> {
            double low = (double) JsonLines.read(line).get("p15");
            double middle = (double) JsonLines.read(line).get("p50");
            assertThat(low).isLessThan(middle);
            assertThat(middle).isLessThan((double) JsonLines.read(line).get("p85"));
        });
        List<String> histograms = histograms();
        assertThat(train("partitions=2", "overwrite=true").code()).isZero();
        assertThat(lines()).isEqualTo(one);
        assertThat(histograms()).isEqualTo(histograms);
    }

    @Test
    void histogramsCountAllWeightsAndAllThatALayerGives() throws IOException {
        assertThat(train().code()).isZero();
        List<Map<String, Object>> found =
                histograms().stream().map(JsonLines::read).toList();
        assertThat(found)
                .extracting(line -> line.get("step") + " " + line.get("tag") + " " + line.get("count"))
                .startsWith("3 fc1.weight 4704.0", "3 bn1.weight 6.0", "3 bn1.bias 6.0", "3 fc2.weight 60.0")
                .contains("6 bn1 246.0", "7 fc2.bias 10.0", "7 bn1 246.0")
                .hasSize(18);
    }

    @Test
    void resumedRunHasEachLineOnce() throws IOException {
        assertThat(train("steps=5", "checkpoint.every=4").code()).isZero();
        assertThat(train("resume=latest").code()).isZero();
        List<String> resumed = lines();
        List<String> resumedHistograms = histograms();
        assertThat(train("overwrite=true").code()).isZero();
        assertThat(resumed).containsAll(lines()).hasSize(4); // and that of step 5, which was a last one then
        assertThat(resumedHistograms).containsAll(histograms()).hasSize(4 * 6);
    }

    @Test
    void unitThatIsNoneIsRefused() {
        assertRefused("record-percentiles.unit = 6, but bn1 has 6; count from 0 on", "record-percentiles.unit=6");
        assertRefused(
                "record-percentiles.layer = bn9 is no layer of the model; choose one of fc1, bn1, fc2",
                "record-percentiles.layer=bn9");
        assertRefused("record-percentiles needs validation examples", "data.validation-examples=0");
        assertRefused("record-percentiles.every = 0 is too small", "record-percentiles.every=0");
        assertRefused(
                "record-histograms.layer = fc is no layer of the model; choose one of fc1, bn1, fc2",
                "record-histograms.layer=fc");
        assertRefused(
                "record-histograms.every = 0 records nothing of record-histograms.layer = bn1",
                "record-histograms.every=0");
        assertRefused("record-histograms.every = -1 is too small", "record-histograms.every=-1");
    }

    private void assertRefused(String error, String argument) {
        Commands.Result result = train(argument);
        assertThat(result.lastError()).contains(error);
        assertThat(result.code()).isEqualTo(2);
        assertThat(run).doesNotExist();
    }
}
