package org.sparknorm.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.testing.Commands;

/** Runs of a small network on few generated digits, through command {@code train}. */
final class SmallRuns {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final Path conf;

    /** @param folder in which the runs are */
    SmallRuns(Path folder) throws IOException {
        this.folder = folder;
        this.conf = Files.writeString(folder.resolve("small.conf"), """
                model.hidden = [12, 9]
                data { examples = 115, validation-examples = 30 }
                batch-size = 10, slices = 4, steps = 40, evaluate-every = 5
                optimizer { name = adam, clip-norm = 1 }, learning-rate.initial = 0.01
                checkpoint { every = 5, keep = 2 }
                """);
    }

    Commands.Result train(String output, String... assignments) {
        return Commands.train(conf, folder.resolve(output), (Object[]) assignments);
    }

    JsonNode result(String output) throws IOException {
        return JSON.readTree(folder.resolve(output).resolve(RunFolder.RESULT).toFile());
    }
}
