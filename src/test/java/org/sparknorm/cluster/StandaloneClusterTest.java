package org.sparknorm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sparknorm.testing.Runs;

/**
 * Runs on a standalone cluster: master, two workers, driver and executors, each a process of its own. The jar reaches them
 * through spark-submit alone.
 */
@Timeout(600)
class StandaloneClusterTest {
    private static StandaloneCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = StandaloneCluster.shared();
    }

    /** Slices without examples in the last batch of an epoch; the other batches are those of the next test. */
    @Test
    void clusterGivesTheBitsOfThreads() throws Exception {
        String run = Runs.BATCH_100 + "\nsteps = 23";
        assertThat(cluster.train("bits", run).sha256()).isEqualTo(Runs.sha256OnThreads(Runs.config(run), 2));
    }

    @Test
    void killedExecutorDoesNotShow() throws Exception {
        String configuration = Runs.BATCH_60 + "\nsteps = 40";
        StandaloneCluster.Run run = cluster.train("killed", configuration);
        run.awaitStep(10);
        assertThat(cluster.executors().get(0).destroyForcibly()).isTrue();
        assertThat(run.sha256()).isEqualTo(Runs.sha256OnThreads(Runs.config(configuration), 2));
        assertThat(run.log()).contains("attempt 2 of 4 follows");
    }

    @Test
    void driverOnTheClusterGetsTheConfigurationSentAlong() throws Exception {
        String configuration = Runs.BATCH_60 + "\nsteps = 8";
        StandaloneCluster.Run run = cluster.train(
                "sent",
                configuration,
                "--deploy-mode",
                "cluster",
                "--driver-memory",
                "512m",
                "--total-executor-cores",
                "1");
        assertThat(run.sha256()).isEqualTo(Runs.sha256OnThreads(Runs.config(configuration), 2));
    }

    @Test
    void morePartitionsThanSlotsAreRefusedAtOnce() throws Exception {
        StandaloneCluster.Run run =
                cluster.trainOnWhatComes("slots", Runs.BATCH_60 + "\npartitions = 3, slots-timeout = 60s");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.log()).contains("error: partitions = 3, but only 2 tasks can run at once");
        assertThat(run.path("")).doesNotExist();
    }
}
