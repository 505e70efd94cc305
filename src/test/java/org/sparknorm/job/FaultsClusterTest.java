package org.sparknorm.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong on a cluster of three workers does not show in the result. */
@Timeout(600)
class FaultsClusterTest {
    private static final String RUN = BitsTest.BATCH_60 + "\ncheckpoint.every = 40";
    private static final int INTERRUPTED = 143;

    private static String undisturbed;

    @TempDir
    Path folder;

    private StandaloneCluster cluster;

    @BeforeAll
    static void runUndisturbed() {
        undisturbed = Runs.sha256OnThreads(Runs.config(RUN), 2);
    }

    @BeforeEach
    void start() throws Exception {
        cluster = new StandaloneCluster(folder, 3);
    }

    @AfterEach
    void stop() throws Exception {
        cluster.stop();
    }

    @Test
    void workerThatIsGoneForGoodLeavesFewerPartitionsUntilAnotherComes() throws Exception {
        String configuration = RUN + "\nsteps = 2000";
        StandaloneCluster.Run run = cluster.train("gone", configuration, "slots-timeout=10s");
        run.awaitStep(50);
        cluster.killWorker(2);
        run.awaitLog("goes on with partitions = 2");
        cluster.addWorker();
        assertThat(run.sha256()).isEqualTo(Runs.sha256OnThreads(Runs.config(configuration), 2));
        assertThat(run.log()).contains("goes on with partitions = 3");
        assertThat(run.partitions()).isEqualTo(3);
    }

    @Test
    void frozenExecutorIsReplaced() throws Exception {
        StandaloneCluster.Run run = cluster.train("frozen", RUN, "statistics-timeout=3s");
        run.awaitStep(50);
        StandaloneCluster.signal("STOP", cluster.executors().get(1));
        assertThat(run.sha256()).isEqualTo(undisturbed);
        assertThat(run.log()).contains("has missed statistics-timeout and is replaced");
    }

    @Test
    void killedAndInterruptedDriversGoOnWithOtherPartitions() throws Exception {
        StandaloneCluster.Run killed = cluster.train("driver", RUN, "partitions=3");
        killed.awaitStep(50);
        killed.driver().destroyForcibly().waitFor();

        StandaloneCluster.Run interrupted = cluster.train("driver", RUN, "partitions=2", "resume=latest");
        interrupted.awaitStep(100);
        StandaloneCluster.signal("TERM", interrupted.driver().toHandle());
        assertThat(interrupted.exitCode()).isEqualTo(INTERRUPTED);
        assertThat(interrupted.log().lines().toList())
                .as("%s", interrupted.log())
                .last()
                .asString()
                .startsWith("error: interrupted before step");
        assertThat(Files.exists(interrupted.path(RunFolder.RESULT))).isFalse();

        StandaloneCluster.Run last = cluster.train("driver", RUN, "partitions=1", "resume=latest");
        assertThat(last.sha256()).isEqualTo(undisturbed);
    }

    @Test
    void authenticationAndEncryptionDoNotShow() throws Exception {
        cluster.stop();
        Path events = Files.createDirectory(folder.resolve("events"));
        Path settings = Files.writeString(folder.resolve("spark.conf"), """
                spark.authenticate true
                spark.master.rest.enabled false
                spark.authenticate.secret not-so-secret
                spark.network.crypto.enabled true
                spark.io.encryption.enabled true
                spark.eventLog.enabled true
                spark.eventLog.dir %s
                """.formatted(events.toUri()));
        cluster = new StandaloneCluster(folder, 3, "1", settings.toString());
        StandaloneCluster.Run run = cluster.train("secret", RUN, "--properties-file", settings.toString());
        assertThat(run.sha256()).isEqualTo(undisturbed);
        assertThat(events).isNotEmptyDirectory();
    }
}
