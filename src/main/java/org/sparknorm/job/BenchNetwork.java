package org.sparknorm.job;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.spark.NoiseSource;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.tensor.Shape;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.Trainer;
import org.sparknorm.train.TrainingListener;
import org.sparknorm.train.TrainingState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code bench network key=value ...}: images a second of a network through whole steps, on generated images. With {@code
 * --compare-local}, steps with synchronized and with local norm in turn.
 */
@Command(
        name = "network",
        description = {
            "Times steps of a network on generated images, for example:",
            "bench network model.name=resnet20 batch-size=128 slices=2 --size 32 --classes 10"
        })
final class BenchNetwork implements Callable<Integer> {
    private static final double MILLIS_A_SECOND = 1e3;
    private static final int BATCHES = 2;

    @Parameters(paramLabel = "key=value", description = "Keys of a run: the model, batch-size, slices and so on.")
    private List<String> assignments = new ArrayList<>();

    @Option(names = "--size", defaultValue = "224", description = "Height and width of an image (${DEFAULT-VALUE}).")
    private int size;

    @Option(names = "--channels", defaultValue = "3", description = "Channels of an image (${DEFAULT-VALUE}).")
    private int channels;

    @Option(names = "--classes", defaultValue = "1000", description = "Classes (${DEFAULT-VALUE}).")
    private int classes;

    @Option(names = "--steps", defaultValue = "20", description = "Steps that are measured (${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--warmup", defaultValue = "20", description = "Steps before those (${DEFAULT-VALUE}).")
    private int warmup;

    @Option(names = "--compare-local", description = "Local norm beside it, step by step in turn.")
    private boolean compareLocal;

    /** The steps of one kind. */
    private static final class Timed implements TrainingListener {
        private final Trainer trainer;
        private final TrainingState state;
        private final List<Double> seconds = new ArrayList<>();

        Timed(Preparation prepared, SparkWorkers workers, Configuration hadoop) {
            this.state = prepared.state(ModelFiles.initial(prepared.config(), prepared.network(), hadoop));
            this.trainer = new Trainer(prepared.trainerSettings(false), workers, List.of(this));
        }

        void step() {
            trainer.step(state);
        }

        @Override
        public void onStep(Step step) {
            seconds.add(step.seconds());
        }

        @Override
        public void onEvaluation(long step, Split split, Evaluation evaluation) {
            throw new IllegalStateException("nothing is evaluated here");
        }

        double[] measured(int warmup) {
            return seconds.stream()
                    .skip(warmup)
                    .mapToDouble(Double::doubleValue)
                    .toArray();
        }
    }

    @Override
    public Integer call() throws Exception {
        if (size < 1 || channels < 1 || classes < 1 || steps < 1 || warmup < 0) {
            throw new RefusedException("an option of bench network is too small", "give numbers above 0");
        }
        Configuration hadoop = SparkStart.hadoop();
        Preparation prepared = prepare(assignments, hadoop);
        try (JavaSparkContext spark = SparkStart.context("sparknorm bench network", prepared.weightBytes())) {
            SparkStart.Placement placement = SparkStart.place(spark, prepared.config(), null);
            placement.print(prepared.config());
            Timed asGiven = timed(prepared, spark, placement);
            Timed local = compareLocal ? timed(prepare(withLocalNorm(), hadoop), spark, placement) : null;
            for (int step = 0; step < warmup + steps; step++) {
                asGiven.step();
                if (local != null) {
                    local.step();
                }
            }
            print(prepared.config(), asGiven.measured(warmup));
            if (local != null) {
                printRatio(asGiven.measured(warmup), local.measured(warmup));
            }
        }
        return 0;
    }

    private Preparation prepare(List<String> given, Configuration hadoop) {
        ConfigFiles.Source source = ConfigFiles.ofText("on-divergence = continue\nsteps = " + (warmup + steps));
        RunConfig config = RunConfiguration.of(source, "bench", given, hadoop).run();
        Shape shape = Shape.of(size, size, channels);
        return Preparation.of(config, NoiseSource.of(BATCHES * config.batchSize(), shape, classes), null);
    }

    private List<String> withLocalNorm() {
        List<String> all = new ArrayList<>(assignments);
        all.add("model.norm-synchronized=false");
        return all;
    }

    private static Timed timed(Preparation prepared, JavaSparkContext spark, SparkStart.Placement placement) {
        SparkWorkers workers = new SparkWorkers(spark, prepared.config(), placement.partitions());
        workers.deal(Split.TRAIN, prepared.training(), prepared.run(), prepared.setup(), placement.blas());
        return new Timed(prepared, workers, spark.hadoopConfiguration());
    }

    private void print(RunConfig config, double[] seconds) {
        double median = median(seconds);
        System.out.printf(
                Locale.ROOT,
                "%s, batch %d of %d x %d x %d: median of %d steps after %d: %.2f ms, %.1f images/s%n",
                config.model().name().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                config.batchSize(),
                size,
                size,
                channels,
                steps,
                warmup,
                MILLIS_A_SECOND * median,
                config.batchSize() / median);
    }

    private static void printRatio(double[] given, double[] local) {
        double[] ratios = new double[given.length];
        Arrays.setAll(ratios, i -> given[i] / local[i]);
        System.out.printf(
                Locale.ROOT,
                "local norm: %.2f ms; median of the ratios to it, step by step: %.4f%n",
                MILLIS_A_SECOND * median(local),
                median(ratios));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
