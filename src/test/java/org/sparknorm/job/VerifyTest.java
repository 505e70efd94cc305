package org.sparknorm.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.data.Split;
import org.sparknorm.run.ExitCode;
import org.sparknorm.testing.Commands;
import org.sparknorm.testing.LocalMaster;
import org.sparknorm.train.InferenceTask;
import org.sparknorm.train.StepResult;
import org.sparknorm.train.TrainingState;
import org.sparknorm.train.Workers;
import picocli.CommandLine;

/** {@code verify}: finds nothing where nothing is wrong, and what is where something is. */
class VerifyTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(4);

    private static final Path FASHION = Path.of("..", "shared", "data", "fashion-mnist");
    private static final Path FLOWERS = Path.of("..", "shared", "data", "flowers-128", "train");

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

    /** Each run that is compared has workers of its own, made in this order. */
    @ParameterizedTest
    @CsvSource({
        "1, 4 partitions and 1",
        "2, 4 partitions and 3",
        "3, Spark and threads without it",
        "4, straight through and resumed"
    })
    void oneWrongBitOfAGradientIsFound(int run, String comparison) {
        Commands.Result result = verifyWith(run, WrongGradient::byOneBit);
        assertThat(result.code()).isEqualTo(ExitCode.FAILED);
        assertThat(result.out().lines().filter(line -> line.endsWith("BROKEN")))
                .singleElement()
                .asString()
                .contains(comparison);
        assertThat(result.out().lines().filter(line -> line.endsWith("as promised")))
                .hasSize(4);
        assertThat(result.lastError())
                .isEqualTo("error: " + comparison
                        + " give other bits; do not trust results of this cluster, and report this table");
    }

    @Test
    void aGradientThatIsNotThatOfTheLossIsFound() {
        Commands.Result result = verifyWith(5, WrongGradient::byATenth);
        assertThat(result.code()).isEqualTo(ExitCode.FAILED);
        assertThat(result.out()).containsPattern("gradient and central differences.* BROKEN");
        assertThat(result.lastError())
                .isEqualTo("error: the gradient is not that of the loss; "
                        + "do not trust results of this cluster, and report this table");
    }

    /** @param run the one that is made with wrong workers, counted from 0 */
    private static Commands.Result verifyWith(int run, UnaryOperator<StepResult> wrong) {
        AtomicInteger made = new AtomicInteger();
        VerifyCommand command = new VerifyCommand(
                workers -> made.getAndIncrement() == run ? new WrongGradient(workers, wrong) : workers);
        return Commands.run(() -> new CommandLine(command).execute("conf/mnist-bn.conf", "data.examples=300"));
    }

    @ParameterizedTest
    @CsvSource({"partitions=1, partitions = 1 is set", "slices=1, slices = 1 leaves one partition"})
    void whyNoOtherNumberOfPartitionsIsCompared(String key, String why) {
        Commands.Result result = verify("conf/mnist-bn.conf", "data.examples=300", "steps=2", key);
        assertThat(result.code()).as(result.out() + result.err()).isZero();
        assertThat(result.out()).contains("\n" + why + ": other numbers of partitions are not compared\n");
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

    /** Workers whose gradients are not right. */
    private record WrongGradient(Workers right, UnaryOperator<StepResult> wrong) implements Workers {
        /** The least that can be wrong: the last bit of one value. */
        static StepResult byOneBit(StepResult result) {
            float[] gradient = result.gradient().clone();
            gradient[gradient.length - 1] = Math.nextUp(gradient[gradient.length - 1]);
            return new StepResult(gradient, result.statistics(), result.times(), result.job());
        }

        static StepResult byATenth(StepResult result) {
            float[] gradient = result.gradient().clone();
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] *= 1.1f;
            }
            return new StepResult(gradient, result.statistics(), result.times(), result.job());
        }

        @Override
        public StepResult step(TrainingState state, long step) {
            return wrong.apply(right.step(state, step));
        }

        @Override
        public void steps(TrainingState state, double[] learningRates, Consumer<StepResult> made) {
            right.steps(state, learningRates, result -> made.accept(wrong.apply(result)));
        }

        @Override
        public <A> A infer(TrainingState state, Split split, InferenceTask<A> task) {
            return right.infer(state, split, task);
        }
    }
}
