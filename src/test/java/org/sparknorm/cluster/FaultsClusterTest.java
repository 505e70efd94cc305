package org.sparknorm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sparknorm.testing.Runs;

/** What goes wrong on a cluster of two workers does not show in the result. */
@Timeout(600)
class FaultsClusterTest {
    private static final String RUN = Runs.BATCH_60 + "\nsteps = 40, checkpoint.every = 20";
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
}
