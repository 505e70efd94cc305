package org.sparknorm.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.testing.Commands;
import org.sparknorm.testing.LocalMaster;
import org.sparknorm.testing.ObjectStore;

/** Runs on a file system that can neither rename nor append. */
class ObjectStoreTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(2);

    private static final String IMPLEMENTATION = "spark.hadoop.fs." + ObjectStore.SCHEME + ".impl";

    @TempDir
    Path folder;

    private Path conf;

    @BeforeEach
    void store() throws IOException {
        System.setProperty(IMPLEMENTATION, ObjectStore.class.getName());
        conf = Files.writeString(folder.resolve("small.conf"), """
                model.hidden = [12]
                data { examples = 115, validation-examples = 30 }
                batch-size = 10, slices = 4, steps = 30, evaluate-every = 10, checkpoint.every = 10
                """);
    }

    @AfterEach
    void noStore() {
        System.clearProperty(IMPLEMENTATION);
    }

    @Test
    void runGoesOnFromItsLastWholeCheckpoint() throws IOException {
        assertRuns("train", conf, "output=" + folder.resolve("local"));
        String store = ObjectStore.SCHEME + ":" + folder.resolve("run");
        assertRuns("train", conf, "output=" + store, "steps=20");
        // A checkpoint that was being written when its driver died.
        Path unfinished = Files.createDirectories(folder.resolve("run/checkpoints/step-00000025"));
        Files.copy(
                folder.resolve("run/checkpoints/step-00000020/model.safetensors"),
                unfinished.resolve("model.safetensors"));
        Commands.Result result = assertRuns("train", conf, "output=" + store, "resume=latest");
        assertThat(result.out()).contains("step-00000020, step 20");
        assertThat(folder.resolve("run/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("local/model.safetensors"));
        assertThat(folder.resolve("run/checkpoints/step-00000025")).doesNotExist();
        assertThat(Files.readAllLines(folder.resolve("run").resolve(RunFolder.STEPS)))
                .hasSize(30);
        assertThat(Files.readAllLines(folder.resolve("run").resolve(RunFolder.EVALUATIONS)))
                .hasSize(3);
    }

    private static Commands.Result assertRuns(Object... arguments) {
        Commands.Result result = Commands.run(arguments);
        assertThat(result.code()).as(result.err()).isZero();
        return result;
    }
}
