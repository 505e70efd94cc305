package org.sparknorm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.testing.Runs;

/** What goes wrong on a cluster of two workers does not show in the result. */
@Timeout(600)
class FaultsClusterTest {
    private static final String RUN = Runs.BATCH_60 + "\nsteps = 40, checkpoint.every = 20";
    private static final int LONGER_STEPS = 450;

    /** Of epochs that have room for long jobs. */
    private static final String LONGER_RUN = Runs.BATCH_60 + "\nslices = 2, data.examples = 12003, steps = "
            + LONGER_STEPS + ", checkpoint.every = 50, optimizer.momentum = 0.9";

    private static final int INTERRUPTED = 143;

    private static String undisturbed;

    private static StandaloneCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        undisturbed = Runs.sha256OnThreads(Runs.config(RUN), 2);
        cluster = StandaloneCluster.shared();
    }

    @Test
    void workerThatIsGoneForGoodLeavesFewerPartitions() throws Exception {
        StandaloneCluster.Run run = cluster.train("gone", RUN, "slots-timeout=20s");
        run.awaitStep(10);
        cluster.killWorker(2);
        try {
            assertThat(run.sha256()).isEqualTo(undisturbed);
            assertThat(run.partitions()).isEqualTo(1);
            assertThat(run.log()).contains("goes on with partitions = 1");
        } finally {
            cluster.addWorker();
        }
    }

    @Test
    void frozenExecutorIsReplaced() throws Exception {
        StandaloneCluster.Run run = cluster.train("frozen", RUN, "statistics-timeout=3s");
        run.awaitStep(10);
        StandaloneCluster.signal("STOP", cluster.executors().get(0));
        assertThat(run.sha256()).isEqualTo(undisturbed);
        assertThat(run.log()).contains("has missed statistics-timeout and is replaced");
    }

    /** Each in the middle of a job of many steps. */
    @Test
    void killedExecutorAndInterruptedDriversOfLongJobs() throws Exception {
        String expected = Runs.sha256OnThreads(Runs.config(LONGER_RUN), 2);
        StandaloneCluster.Run killed = cluster.train("driver", LONGER_RUN, "partitions=2", "steps-per-job=50");
        killed.awaitStep(60);
        StandaloneCluster.signal("KILL", cluster.executors().get(0));
        killed.awaitStep(130);
        killed.driver().destroyForcibly().waitFor();

        StandaloneCluster.Run interrupted =
                cluster.train("driver", LONGER_RUN, "partitions=1", "steps-per-job=7", "resume=latest");
        interrupted.awaitStep(230);
        StandaloneCluster.signal("TERM", interrupted.driver().toHandle());
        assertThat(interrupted.exitCode()).isEqualTo(INTERRUPTED);
        assertThat(interrupted.log().lines().toList())
                .as("%s", interrupted.log())
                .last()
                .asString()
                .startsWith("error: interrupted before step");
        assertThat(Files.exists(interrupted.path(RunFolder.RESULT))).isFalse();

        StandaloneCluster.Run last = cluster.train("driver", LONGER_RUN, "steps-per-job=auto", "resume=latest");
        assertThat(last.sha256()).isEqualTo(expected);
        assertThat(Files.readAllLines(last.path(RunFolder.STEPS))).hasSize(LONGER_STEPS);
    }
}
