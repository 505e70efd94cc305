package org.sparknorm.job;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.checkpoint.AtomicFiles;
import org.sparknorm.checkpoint.Checkpoint;
import org.sparknorm.checkpoint.CheckpointFolder;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.optim.Optimizer;
import org.sparknorm.report.ReportPage;
import org.sparknorm.run.ExitCode;
import org.sparknorm.run.HeapLayout;
import org.sparknorm.run.MemoryNeed;
import org.sparknorm.run.ModelFiles;
import org.sparknorm.run.RunConfiguration;
import org.sparknorm.run.RunPlan;
import org.sparknorm.run.SparkStart;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.spark.DriverExamples;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.spark.source.FirstExamples;
import org.sparknorm.tensor.BlasLibrary;
import org.sparknorm.train.LocalWorkers;
import org.sparknorm.train.Trainer;
import org.sparknorm.train.TrainingState;
import org.sparknorm.train.Workers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code verify CONF [key=value ...]}: what is promised, tried on the user's own data and cluster. Nothing is written. */
@Command(
        name = "verify",
        description = {
            "Tries on your data and your cluster what is promised: a few steps in many partitions and in one, on Spark and",
            "without it, resumed and straight through give the same bits, and the gradient is that of the loss. Exit code",
            "1 where something is not."
        })
final class VerifyCommand implements Callable<Integer> {
    /** Arguments that are its own, not keys of CONF. */
    static final Set<String> OWN_KEYS = Set.of(VerifyCommand.STEPS);

    private static final String STEPS = "steps";
    private static final int DEFAULT_STEPS = 4;
    private static final int DIRECTIONS = 5;
    /** Of a gradient in float32 beside differences of losses in float32. */
    private static final double LARGEST_ERROR = 0.01;

    @Parameters(index = "0", paramLabel = "CONF", description = "Configuration file.")
    private String conf;

    @Parameters(
            index = "1..*",
            paramLabel = "key=value",
            description = {"steps=N  that are compared (4), whatever CONF says", "and keys that replace those of CONF."
            })
    private List<String> arguments = new ArrayList<>();

    private final List<List<String>> rows = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        CommandArguments own = CommandArguments.split(arguments, OWN_KEYS);
        int steps = own.number(STEPS, DEFAULT_STEPS);
        if (steps < 2) {
            throw new RefusedException("steps = " + steps + " leaves nothing to resume", "give 2 or more");
        }
        List<String> keys = new ArrayList<>(own.assignments());
        keys.addAll(List.of("steps=" + steps, "resume=none", "early-stopping.evaluations=0"));
        RunConfiguration given = RunConfiguration.of(conf, keys, hadoop);
        RunConfig config = given.run();
        RunPlan all = RunPlan.of(config, hadoop);
        RunPlan prepared = RunPlan.of(config, new FirstExamples(all.training(), count(all, steps)), null);
        new MemoryNeed(prepared, HeapLayout.ofThisProcess())
                .checkDriver(SparkStart.isLocal(), Runtime.getRuntime().maxMemory());
        try (JavaSparkContext spark = SparkStart.context("sparknorm verify", prepared.weightBytes())) {
            ClusterResources placement = ClusterResources.of(spark, config, null);
            placement.print(config);
            System.out.printf(
                    "verify: %d steps of %d examples, of the first %d of %s%n",
                    steps,
                    config.batchSize(),
                    prepared.training().description().count(),
                    prepared.training().name());
            compare(new Run(given, prepared, spark, placement.blas()), placement.partitions());
        }
        ReportPage page = new ReportPage("verify");
        page.table("What was compared", List.of("", "values", "differing", "largest difference", "at most", ""), rows);
        System.out.print(page.text());
        if (!broken.isEmpty()) {
            System.err.println("error: " + String.join("; ", broken)
                    + "; do not trust results of this cluster, and report this table");
            return ExitCode.FAILED;
        }
        return 0;
    }

    /** Enough for an epoch to end within the steps, where batches may be uneven with one that is. */
    private static int count(RunPlan all, int steps) {
        RunConfig config = all.config();
        int batch = config.batchSize();
        boolean uneven = config.model().normSynchronized() && config.data().lastBatch() == DataConfig.LastBatch.KEEP;
        long wanted = (long) batch * ((steps + 1) / 2) + (uneven ? batch / 2 + 1 : 0);
        return (int) Math.min(all.training().description().count(), wanted);
    }

    private void compare(Run run, int most) throws IOException {
        TrainingState straight = run.inPartitions(most);
        if (most == 1) {
            System.out.println("there is one slot alone: other numbers of partitions are not compared");
        }
        for (int partitions : new int[] {1, 3}) { // three runs of slices cannot be equally long, nor join in pairs
            if (partitions < most) {
                bits(most + " partitions and " + partitions, straight, run.inPartitions(partitions));
            }
        }
        if (BlasLibrary.available().names().contains(run.blas())) {
            bits("Spark and threads without it", straight, run.onThreads());
        } else {
            System.out.printf(
                    "the driver's machine cannot run %s: threads without Spark are not compared%n", run.blas());
        }
        try (SparkWorkers workers = run.workers(most)) {
            bits("straight through and resumed", straight, run.resumed(workers));
            gradient(run.differences(workers, straight)
                    .errors(DIRECTIONS, run.prepared().config().seed()));
        }
    }

    private void bits(String what, TrainingState left, TrainingState right) {
        StateDifference difference = StateDifference.of(left, right);
        boolean equal = difference.differing() == 0;
        rows.add(List.of(
                what,
                String.format(Locale.ROOT, "%,d", difference.values()),
                String.format(Locale.ROOT, "%,d", difference.differing()),
                text(difference.largest()),
                "0",
                verdict(equal)));
        if (!equal) {
            broken.add(what + " give other bits");
        }
    }

    private void gradient(double[] errors) {
        double largest = Arrays.stream(errors).max().orElseThrow();
        boolean close = largest <= LARGEST_ERROR; // false for NaN
        rows.add(List.of(
                "gradient and central differences",
                errors.length + " directions",
                "",
                text(largest),
                text(LARGEST_ERROR),
                verdict(close)));
        if (!close) {
            broken.add("the gradient is not that of the loss");
        }
    }

    private static String text(double value) {
        return value == 0 ? "0" : String.format(Locale.ROOT, "%.2g", value);
    }

    private static String verdict(boolean good) {
        return good ? "as promised" : "BROKEN";
    }

    /** The same steps in one way or another. */
    private record Run(RunConfiguration given, RunPlan prepared, JavaSparkContext spark, String blas) {
        ModelTensors initial() {
            return ModelFiles.initial(prepared, spark.hadoopConfiguration());
        }

        /** In so many partitions and, at the next epoch, no more. */
        SparkWorkers workers(int partitions) {
            RunConfig config =
                    given.source().with(List.of("partitions=" + partitions)).toRunConfig();
            SparkWorkers workers = new SparkWorkers(spark, config, partitions);
            workers.deal(Split.TRAIN, prepared.training(), prepared.run(), prepared.setup(), blas);
            return workers;
        }

        TrainingState inPartitions(int partitions) {
            try (SparkWorkers workers = workers(partitions)) {
                return straight(workers);
            }
        }

        TrainingState onThreads() throws IOException {
            boolean shuffled = prepared.config().data().shuffle() != DataConfig.Shuffle.FALSE;
            return straight(new LocalWorkers(
                    DriverExamples.fetch(spark, prepared.training(), prepared.run(), prepared.setup(), shuffled, blas),
                    null,
                    Runtime.getRuntime().availableProcessors()));
        }

        private Trainer trainer(Workers workers) {
            return new Trainer(prepared.trainerSettings(false), workers, List.of());
        }

        private TrainingState straight(Workers workers) {
            TrainingState state = prepared.state(initial());
            trainer(workers).train(state, false);
            return state;
        }

        /** Not at the initial weights: where biases are 0, so are many inputs of ReLUs, which have no derivative there. */
        CentralDifferences differences(Workers workers, TrainingState trained) {
            Optimizer optimizer = Optimizer.of(prepared.config().optimizer(), prepared.network());
            return new CentralDifferences(workers, prepared.network(), trained.model(), optimizer);
        }

        /** Through a checkpoint on disk. */
        TrainingState resumed(Workers workers) throws IOException {
            TrainingState before = prepared.state(initial());
            while (before.step() < prepared.totalSteps() / 2) {
                trainer(workers).step(before);
            }
            Path folder = new Path(Files.createTempDirectory("sparknorm-verify").toUri());
            AtomicFiles files = AtomicFiles.of(folder, spark.hadoopConfiguration());
            try {
                CheckpointFolder checkpoints = new CheckpointFolder(files, folder);
                Checkpoint.Facts facts = new Checkpoint.Facts(
                        before.step(), prepared.setup().plan().examples(), null, Map.of(), "");
                Path written = checkpoints.write(
                        new Checkpoint(facts, before.model(), before.optimizer()), prepared.network());
                TrainingState state =
                        prepared.state(checkpoints.read(written, prepared.network(), prepared.optimizerArrays()));
                trainer(workers).train(state, false);
                return state;
            } finally {
                files.system().delete(folder, true);
            }
        }
    }
}
