package org.sparknorm.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.testing.LocalMaster;

/** The commands on real images, where they are at hand. */
class FashionMnistTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(2);

    private static final Path DATA = Path.of("..", "shared", "data", "fashion-mnist");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @BeforeAll
    static void data() {
        assumeTrue(Files.isDirectory(DATA), "there is no Fashion-MNIST at " + DATA);
    }

    @Test
    void trainedModelIsEvaluatedAlikeByBothCommands() throws IOException {
        String output = folder.resolve("run").toString();
        String[] train = {
            "train",
            "conf/mnist-bn.conf",
            "data.format=idx",
            "data.train=" + DATA,
            "data.validation=" + DATA,
            "steps=400",
            "evaluate-every=200",
            "output=" + output
        };
        assertThat(Main.run(train)).isZero();
        List<String> evaluations = Files.readAllLines(folder.resolve("run").resolve(RunFolder.EVALUATIONS));
        assertThat(evaluations).hasSize(2);
        JsonNode last = JSON.readTree(evaluations.get(1));
        // 0.1 is chance; PyTorch reaches 0.75 to 0.8 in as many steps.
        assertThat(last.get("top1").asDouble()).isGreaterThan(0.7);
        assertThat(last.get("examples").asInt()).isEqualTo(10_000);
        JsonNode result =
                JSON.readTree(folder.resolve("run").resolve(RunFolder.RESULT).toFile());
        assertThat(result.get("top1")).isEqualTo(last.get("top1"));
        assertThat(Main.run("evaluate", output)).isZero();
        assertThat(Main.run("evaluate", output, "split=train")).isZero();
    }
}
