package org.sparknorm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.testing.Runs;

/** The driver dies at random moments, which are printed, and is started again; the bits stay. */
class DriverChaosTest {
    /** Checkpoints of 70 MB every few steps, so that a good part of all moments lies within their writing. */
    private static final String RUN = Runs.BATCH_60
            + "\nmodel.hidden = [2000, 2000], optimizer.name = adam, learning-rate.initial = 0.001"
            + "\nsteps = 120, checkpoint { every = 3, keep = 2 }";

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @TempDir
    Path folder;

    private StandaloneCluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = new StandaloneCluster(folder, 2);
    }

    @AfterEach
    void stop() throws Exception {
        System.out.println("seed " + seed);
        cluster.stop();
    }

    @Test
    void tenKillsOfTheDriver() throws Exception {
        StandaloneCluster.Run run = cluster.train("driver", RUN, "resume=latest");
        for (int kill = 0; kill < 10; kill++) {
            boolean beforeTheFirstCheckpoint = kill == 0;
            if (beforeTheFirstCheckpoint) {
                run.awaitFile(RunFolder.CONFIGURATION);
            } else if (kill % 3 == 0) {
                awaitWriting(run);
            } else {
                run.awaitStep(run.steps() + 1);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(3000));
            }
            run.driver().destroyForcibly().waitFor();
            System.out.printf(
                    "driver killed behind step %d, %s%n",
                    run.steps(), isWriting(run) ? "while it wrote a checkpoint" : "between checkpoints");
            run = cluster.train("driver", RUN, "resume=latest");
        }
        assertThat(run.sha256()).isEqualTo(Runs.sha256OnThreads(Runs.config(RUN), 2));
    }

    private static void awaitWriting(StandaloneCluster.Run run) throws Exception {
        long before = run.steps();
        while (!(run.steps() > before && isWriting(run))) {
            assertThat(run.driver().isAlive()).as("%s", run.log()).isTrue();
        }
    }

    private static boolean isWriting(StandaloneCluster.Run run) throws IOException {
        Path checkpoints = run.path("checkpoints");
        if (!Files.exists(checkpoints)) {
            return false;
        }
        try (var files = Files.list(checkpoints)) {
            return files.anyMatch(file -> file.getFileName().toString().startsWith("."));
        }
    }
}
