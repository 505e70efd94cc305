package org.sparknorm.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.testing.Commands;
import org.sparknorm.testing.LocalMaster;

/** A run whose loss or gradient is not finite stops, or goes on and says so. */
class DivergenceTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(4);

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static SmallRuns runs;

    @BeforeAll
    static void write() throws IOException {
        runs = new SmallRuns(folder);
    }

    @Test
    void divergenceStopsAndNamesTheLastGoodCheckpoint() throws IOException {
        Commands.Result stopped = runs.train("half-diverged", "learning-rate.initial=1e30", "optimizer.name=sgd");
        assertThat(stopped.code()).isEqualTo(3);
        assertThat(stopped.lastError())
                .matches("error: step \\d: the (gradient of fc\\d.weight|loss) is not finite; .*");
        // The rate rises with every step, beyond all bounds at the eighth.
        Commands.Result later = runs.train(
                "later", "learning-rate.schedule=step", "learning-rate.milestones=[6]", "learning-rate.factor=1e35");
        assertThat(later.code()).isEqualTo(3);
        assertThat(later.lastError())
                .contains("is not finite, the last good checkpoint is")
                .contains("step-00000005");
    }

    @Test
    void divergenceIsRecordedWhereTheRunGoesOn() throws IOException {
        String[] wild = {"learning-rate.initial=1e30", "optimizer.name=sgd", "on-divergence=continue", "steps=6"};
        Commands.Result result = runs.train("wild", wild);
        assertThat(result.code()).as(result.err()).isZero();
        int divergedAt = runs.result("wild").get("divergedAt").asInt();
        String line = Files.readAllLines(folder.resolve("wild").resolve(RunFolder.STEPS))
                .get(divergedAt - 1);
        assertThat(JSON.readTree(line).get("notFinite").asText()).startsWith("the ");
        assertThat(result.out()).contains("step " + divergedAt + ": the ").contains("on-divergence = continue");
        Commands.Result evaluated = Commands.run("evaluate", folder.resolve("wild"), "split=train");
        assertThat(evaluated.code()).as(evaluated.out()).isEqualTo(ExitCode.REFUSED);
        assertThat(evaluated.lastError())
                .matches("error: the model gives example \\d+ no probability that is a number; if its training .*");
    }
}
