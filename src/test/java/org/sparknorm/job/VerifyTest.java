package org.sparknorm.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.run.ExitCode;
import org.sparknorm.sync.TreeSum;
import org.sparknorm.testing.Commands;
import org.sparknorm.testing.LocalMaster;

/** {@code verify}: finds nothing where nothing is wrong, and what is where something is. */
class VerifyTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(4);

    private static final Path FASHION = Path.of("..", "shared", "data", "fashion-mnist");
    private static final Path FLOWERS = Path.of("..", "shared", "data", "flowers-128");

    @AfterEach
    void repair() {
        System.clearProperty(TreeSum.IN_ORDER_OF_ARRIVAL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data.examples=300",
                "data.examples=300 model.norm=switchable optimizer.name=adamw steps-per-job=3",
                "data.examples=300 model.norm-synchronized=false data.shuffle=false",
                "data.examples=300 data.last-batch=drop optimizer.average-decay=0.9 steps=5"
            })
    void nothingIsFoundWhereNothingIsWrong(String keys) {
        Commands.Result result = verify("conf/mnist-bn.conf", keys.split(" "));
        assertThat(result.code()).as(result.out() + result.err()).isZero();
        assertThat(result.out().lines().filter(line -> line.endsWith("as promised")))
                .hasSize(5);
        assertThat(result.out()).doesNotContain("BROKEN");
    }

    @Test
    void sumsInOrderOfArrivalAreFound() {
        System.setProperty(TreeSum.IN_ORDER_OF_ARRIVAL, "true");
        Commands.Result result = verify("conf/mnist-bn.conf", "data.examples=300");
        assertThat(result.code()).isEqualTo(ExitCode.FAILED);
        assertThat(result.out()).contains("BROKEN");
        assertThat(result.lastError()).startsWith("error: ").contains("give other bits");
        // The gradient is no worse for it.
        assertThat(result.out()).containsPattern("gradient and central differences.* as promised");
    }

    @Test
    void oneStepLeavesNothingToResume() {
        Commands.Result result = verify("conf/mnist-bn.conf", "steps=1");
        assertThat(result.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(result.lastError()).isEqualTo("error: steps = 1 leaves nothing to resume; give 2 or more");
    }

    @Test
    void onRealImages() {
        assumeTrue(Files.isDirectory(FASHION), "there is no Fashion-MNIST at " + FASHION);
        Commands.Result result = verify("conf/keras-cnn.conf", "data.format=idx", "data.train=" + FASHION);
        assertThat(result.code()).as(result.out() + result.err()).isZero();
    }

    @Test
    void onPhotographs() {
        assumeTrue(Files.isDirectory(FLOWERS), "there are no flowers at " + FLOWERS);
        Commands.Result result = verify("conf/photos-resnet20.conf", "data.train=" + FLOWERS, "batch-size=16");
        assertThat(result.code()).as(result.out() + result.err()).isZero();
    }

    private static Commands.Result verify(String conf, String... keys) {
        List<Object> words = new ArrayList<>(List.of("verify", conf));
        words.addAll(List.of(keys));
        return Commands.run(words.toArray());
    }
}
