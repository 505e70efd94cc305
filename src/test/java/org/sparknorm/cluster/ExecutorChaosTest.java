package org.sparknorm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.testing.Runs;

/** Executors and workers die at random moments, which are printed; the bits stay. */
class ExecutorChaosTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** A step takes milliseconds; one that was repeated takes as long as a new executor to start. */
    private static final double REPEATED_STEP_SECONDS = 0.5;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @TempDir
    Path folder;

    private StandaloneCluster cluster;

    @AfterEach
    void stop() throws Exception {
        System.out.println("seed " + seed);
        cluster.stop();
    }

    private static String steps(int steps) {
        return Runs.BATCH_60 + "\nsteps = " + steps;
    }

    private static String undisturbed(String run) {
        return Runs.sha256OnThreads(Runs.config(run), 2);
    }

    /** Waits for some more steps, then for up to that many steps' time again. */
    private void awaitRandomMoment(StandaloneCluster.Run run) throws Exception {
        run.awaitStep(run.steps() + 1);
        TimeUnit.MILLISECONDS.sleep(random.nextInt(1000));
    }

    private void killOne(StandaloneCluster.Run run) throws Exception {
        List<ProcessHandle> executors = cluster.executors();
        if (!executors.isEmpty()) {
            executors.get(random.nextInt(executors.size())).destroyForcibly();
            System.out.printf("executor killed behind step %d%n", run.steps());
        }
    }

    @Test
    void twentyKillsInARow() throws Exception {
        cluster = new StandaloneCluster(folder, 3);
        String configuration = steps(4000);
        StandaloneCluster.Run run = cluster.train("twenty", configuration);
        for (int kill = 0; kill < 20; kill++) {
            awaitRandomMoment(run);
            killOne(run);
        }
        assertThat(run.sha256()).isEqualTo(undisturbed(configuration));
    }

    @Test
    void twoExecutorsAtOnce() throws Exception {
        cluster = new StandaloneCluster(folder, 3);
        StandaloneCluster.Run run = cluster.train("two", Runs.BATCH_60);
        awaitRandomMoment(run);
        List<ProcessHandle> executors = cluster.executors();
        executors.get(0).destroyForcibly();
        executors.get(2).destroyForcibly();
        assertThat(run.sha256()).isEqualTo(undisturbed(Runs.BATCH_60));
    }

    /** Here treeAggregate has its second level, and a failed stage is one that Spark itself would repeat. */
    @Test
    void eightPartitionsLoseExecutorsAndAWorker() throws Exception {
        cluster = new StandaloneCluster(folder, 4, "2");
        String configuration = steps(2500);
        StandaloneCluster.Run run = cluster.train("eight", configuration, "slots-timeout=15s");
        awaitRandomMoment(run);
        killOne(run);
        awaitRandomMoment(run);
        List<ProcessHandle> executors = cluster.executors();
        executors.get(1).destroyForcibly();
        executors.get(3).destroyForcibly();
        awaitRandomMoment(run);
        cluster.killWorker(2);
        assertThat(run.sha256()).isEqualTo(undisturbed(configuration));
        assertThat(run.partitions()).isEqualTo(6);
    }

    @Test
    void workerThatIsGoneForGoodLeavesFewerPartitionsUntilAnotherComes() throws Exception {
        String configuration = steps(2000);
        cluster = new StandaloneCluster(folder, 3);
        StandaloneCluster.Run run = cluster.train("gone", configuration, "slots-timeout=10s");
        run.awaitStep(50);
        cluster.killWorker(2);
        run.awaitLog("goes on with partitions = 2");
        cluster.addWorker();
        assertThat(run.sha256()).isEqualTo(undisturbed(configuration));
        assertThat(run.log()).contains("goes on with partitions = 3");
        assertThat(run.partitions()).isEqualTo(3);
    }

    @Test
    void stepIsRepeatedWithinSeconds() throws Exception {
        cluster = new StandaloneCluster(folder, 2);
        StandaloneCluster.Run run = cluster.train("time", steps(4000));
        for (int kill = 0; kill < 10; kill++) {
            // Not while the run still recovers: the log on disk lags by a second.
            run.awaitStep(run.steps() + 100);
            killOne(run);
        }
        assertThat(run.exitCode()).isZero();
        List<Double> repeated = new ArrayList<>();
        for (String line : Files.readAllLines(run.path(RunFolder.STEPS))) {
            JsonNode step = JSON.readTree(line);
            if (step.get("seconds").asDouble() > REPEATED_STEP_SECONDS
                    && step.get("step").asInt() > 1) {
                repeated.add(step.get("seconds").asDouble());
            }
        }
        repeated.sort(null);
        System.out.printf("seconds from a kill to the end of the repeated step: %s%n", repeated);
        assertThat(repeated).hasSizeGreaterThanOrEqualTo(10);
    }
}
