package org.sparknorm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.testing.Runs;

/** A run on a cluster whose connections and local files are encrypted, and whose events are logged. */
@Timeout(600)
class EncryptedClusterTest {
    private static final String RUN = Runs.BATCH_60 + "\nsteps = 12";

    @TempDir
    Path folder;

    @Test
    void authenticationAndEncryptionDoNotShow() throws Exception {
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
        StandaloneCluster.stopShared();
        StandaloneCluster cluster = new StandaloneCluster(folder, 2, "1", settings.toString());
        try {
            StandaloneCluster.Run run = cluster.train("secret", RUN, "--properties-file", settings.toString());
            assertThat(run.sha256()).isEqualTo(Runs.sha256OnThreads(Runs.config(RUN), 2));
            assertThat(events).isNotEmptyDirectory();
        } finally {
            cluster.stop();
        }
    }
}
