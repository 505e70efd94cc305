package org.sparknorm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.testing.Runs;

/** What goes wrong in the middle of a job of many steps does not show in the result. */
@Timeout(600)
class LongJobsClusterTest {
    private static final int LONGER_STEPS = 450;

    /** Of epochs that have room for long jobs. */
    private static final String LONGER_RUN = Runs.BATCH_60 + "\nslices = 2, data.examples = 12003, steps = "
            + LONGER_STEPS + ", checkpoint.every = 50, optimizer.momentum = 0.9";

    private static final int INTERRUPTED = 143;

    private static StandaloneCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = StandaloneCluster.shared();
    }

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
