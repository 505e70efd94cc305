package org.sparknorm.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.storage.ShuffleDataBlockId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.run.RunPlan;
import org.sparknorm.testing.LocalSpark;
import org.sparknorm.testing.Runs;
import org.sparknorm.train.DivergedException;
import scala.jdk.javaapi.CollectionConverters;

/** The same run gives the same bits, on threads and on Spark, in any number of partitions. */
class BitsTest {
    @RegisterExtension
    static final LocalSpark SPARK = new LocalSpark(8);

    /** Two epochs and more. */
    private static final String SHORTER = "\nsteps = 36";

    private static final int POLL_MILLIS = 50;
    private static final int POLLS = 200;

    static Stream<String> runs() {
        return Stream.of(Runs.BATCH_60 + SHORTER, Runs.BATCH_100 + SHORTER);
    }

    private static String onSpark(String run, int partitions) {
        return Runs.sha256OnSpark(SPARK.context(), Runs.config(run + "\npartitions = " + partitions));
    }

    /** On eight slots a run that began with few partitions, and may have as many as there are, grows. */
    @Test
    void partitionsThatComeLaterDoNotShow() {
        RunConfig auto = Runs.config(Runs.BATCH_60 + SHORTER);
        RunPlan prepared = RunPlan.of(auto, SPARK.context().hadoopConfiguration());
        try (SparkWorkers workers = new SparkWorkers(SPARK.context(), auto, 3)) {
            String blas = BlasAgreement.reach(SPARK.context(), 3, null).blas();
            workers.deal(Split.TRAIN, prepared.content(Split.TRAIN, blas), 1);
            assertThat(workers.partitions()).isEqualTo(3);
            assertThat(Runs.sha256(prepared, workers)).isEqualTo(Runs.sha256OnThreads(auto, 2));
            assertThat(workers.partitions()).isEqualTo(8);
        }
    }

    @ParameterizedTest
    @MethodSource("runs")
    void partitionsDoNotShow(String run) {
        String onThreads = Runs.sha256OnThreads(Runs.config(run), 2);
        for (int partitions : new int[] {1, 2, 3, 4, 8}) {
            assertThat(onSpark(run, partitions)).as("%d partitions", partitions).isEqualTo(onThreads);
        }
    }

    /** 17 steps an epoch, so that jobs of seven end in its middle and at its end. */
    @ParameterizedTest
    @ValueSource(strings = {"7", "50", "auto"})
    void stepsPerJobDoNotShow(String stepsPerJob) {
        String run = Runs.BATCH_60 + "\nsteps = 60, optimizer { name = adam, clip-norm = 1 }"
                + "\nlearning-rate { initial = 0.01, schedule = exponential, every = 30 }";
        String oneByOne = Runs.sha256OnThreads(Runs.config(run), 2);
        String together = run + ", steps-per-job = " + stepsPerJob;
        assertThat(Runs.sha256OnThreads(Runs.config(together), 2)).as("threads").isEqualTo(oneByOne);
        for (int partitions : new int[] {1, 3}) {
            assertThat(onSpark(together, partitions))
                    .as("%d partitions", partitions)
                    .isEqualTo(oneByOne);
        }
    }

    /** Also where it is found between two steps of a job, while others may have gone on. */
    @ParameterizedTest
    @ValueSource(ints = {1, 50})
    void divergenceEndsTheRunAtItsStep(int stepsPerJob) {
        String run =
                Runs.BATCH_60 + "\nsteps = 17, learning-rate.initial = 1e20, model { norm = none, activation = relu }"
                        + "\nsteps-per-job = " + stepsPerJob;
        Throwable onThreads = catchThrowable(() -> Runs.sha256OnThreads(Runs.config(run + ", steps-per-job = 1"), 2));
        assertThat(onThreads).isInstanceOf(DivergedException.class);
        assertThatThrownBy(() -> onSpark(run, 3))
                .isInstanceOf(DivergedException.class)
                .hasMessage(onThreads.getMessage());
    }

    /** Its gradients of 6 MB are summed in groups first; the files of that shuffle go with the step. */
    @Test
    void largeGradientsKeepThemToo() throws InterruptedException {
        String run = Runs.BATCH_60 + "\nmodel.hidden = [2000], steps = 5";
        Set<Integer> before = shuffleFiles();
        assertThat(onSpark(run, 8)).isEqualTo(Runs.sha256OnThreads(Runs.config(run), 2));
        Set<Integer> added = Set.of();
        for (int poll = 0; poll == 0 || (added.size() > 1 && poll < POLLS); poll++) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            added = shuffleFiles();
            added.removeAll(before);
        }
        assertThat(added).hasSizeLessThanOrEqualTo(1); // of the deal
    }

    private static Set<Integer> shuffleFiles() {
        return CollectionConverters.asJava(
                        SparkEnv.get().blockManager().getMatchingBlockIds(block -> block instanceof ShuffleDataBlockId))
                .stream()
                .map(block -> ((ShuffleDataBlockId) block).shuffleId())
                .collect(Collectors.toCollection(HashSet::new));
    }

    @Test
    void numberOfThreadsDoesNotShow() {
        String one = Runs.sha256OnThreads(Runs.config(Runs.BATCH_60 + "\nsteps = 40"), 1);
        assertThat(Runs.sha256OnThreads(Runs.config(Runs.BATCH_60 + "\nsteps = 40"), 8))
                .isEqualTo(one);
    }

    @Test
    void localNormAndOtherOptimizersKeepTheBitsToo() {
        String run = Runs.BATCH_60 + "\nsteps = 40, model.norm-synchronized = false, optimizer.name = adam"
                + "\ndata.last-batch = drop, data.shuffle = once, loss.label-smoothing = 0.1";
        assertThat(onSpark(run, 3)).isEqualTo(Runs.sha256OnThreads(Runs.config(run), 2));
    }

    /** Convolutions by rows and by Winograd, pools, shortcuts; the last batch of an epoch has 3 examples. */
    @ParameterizedTest
    @ValueSource(strings = {"cnn", "resnet20"})
    void convolutionalNetworksKeepThemToo(String name) {
        String run = """
            model.name = %s, data { examples = 35, validation-examples = 0 }
            batch-size = 16, slices = 8, steps = 5, optimizer.momentum = 0.9
            """.formatted(name);
        String onThreads = Runs.sha256OnThreads(Runs.config(run), 2);
        for (int partitions : new int[] {1, 3, 8}) {
            assertThat(onSpark(run, partitions)).as("%d partitions", partitions).isEqualTo(onThreads);
        }
    }

    @Test
    void seedDecides() {
        String run = Runs.BATCH_60 + "\nsteps = 20";
        assertThat(Runs.sha256OnThreads(Runs.config(run + ", seed = 2"), 2))
                .isNotEqualTo(Runs.sha256OnThreads(Runs.config(run), 2));
    }
}
