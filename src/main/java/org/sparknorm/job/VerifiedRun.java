package org.sparknorm.job;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.checkpoint.AtomicFiles;
import org.sparknorm.checkpoint.Checkpoint;
import org.sparknorm.checkpoint.CheckpointFolder;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.optim.Optimizer;
import org.sparknorm.optim.Optimizers;
import org.sparknorm.run.ModelFiles;
import org.sparknorm.run.RunConfiguration;
import org.sparknorm.run.RunPlan;
import org.sparknorm.spark.DriverExamples;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.train.LocalWorkers;
import org.sparknorm.train.Trainer;
import org.sparknorm.train.TrainingState;
import org.sparknorm.train.Workers;

/**
 * The run that {@code verify} makes several times: in many partitions and in few, on Spark and on threads without it,
 * straight through and resumed.
 *
 * @param workersOfEachRun puts others in the place of the workers of a run; identity but in tests
 */
record VerifiedRun(
        RunConfiguration given,
        RunPlan prepared,
        JavaSparkContext spark,
        String blas,
        UnaryOperator<Workers> workersOfEachRun) {
    /** The state after all steps on Spark, in that many partitions, also where slots for more are free. */
    TrainingState inPartitions(int partitions) {
        try (SparkWorkers workers = workers(partitions)) {
            return straight(workers);
        }
    }

    /** The state after all steps on threads of the driver. */
    TrainingState onThreads() throws IOException {
        boolean shuffled = prepared.config().data().shuffle() != DataConfig.Shuffle.FALSE;
        return straight(new LocalWorkers(
                DriverExamples.fetch(spark, prepared.training(), prepared.run(), prepared.setup(), shuffled, blas),
                null,
                Runtime.getRuntime().availableProcessors()));
    }

    /** The state after all steps on Spark, with a checkpoint on disk written and read in the middle. */
    TrainingState resumed(int partitions) throws IOException {
        try (SparkWorkers workers = workers(partitions)) {
            Trainer trainer = trainer(workers);
            TrainingState before = initialState();
            while (before.step() < prepared.totalSteps() / 2) {
                trainer.step(before);
            }
            TrainingState state = throughCheckpoint(before);
            trainer.train(state, false);
            return state;
        }
    }

    /**
     * See {@link CentralDifferences#errors}. Not at the initial weights: where biases are 0, so are many inputs of
     * ReLUs, which have no derivative there.
     *
     * @param trained whose weights are taken
     */
    double[] gradientErrors(int partitions, TrainingState trained, int directions) {
        try (SparkWorkers workers = workers(partitions)) {
            Optimizer optimizer = Optimizers.of(prepared.config().optimizer(), prepared.network());
            Workers used = workersOfEachRun.apply(workers);
            return new CentralDifferences(used, prepared.network(), trained.model(), optimizer)
                    .errors(directions, prepared.config().seed());
        }
    }

    private SparkWorkers workers(int partitions) {
        RunConfig config =
                given.source().with(List.of("partitions=" + partitions)).toRunConfig();
        SparkWorkers workers = new SparkWorkers(spark, config, partitions);
        workers.deal(Split.TRAIN, prepared.training(), prepared.run(), prepared.setup(), blas);
        return workers;
    }

    private Trainer trainer(Workers workers) {
        return new Trainer(prepared.trainerSettings(false), workersOfEachRun.apply(workers), List.of());
    }

    private TrainingState straight(Workers workers) {
        TrainingState state = initialState();
        trainer(workers).train(state, false);
        return state;
    }

    private TrainingState initialState() {
        return prepared.state(ModelFiles.initial(prepared, spark.hadoopConfiguration()));
    }

    private TrainingState throughCheckpoint(TrainingState before) throws IOException {
        Path folder = new Path(Files.createTempDirectory("sparknorm-verify").toUri());
        AtomicFiles files = AtomicFiles.of(folder, spark.hadoopConfiguration());
        try {
            CheckpointFolder checkpoints = new CheckpointFolder(files, folder);
            Checkpoint.Facts facts =
                    new Checkpoint.Facts(before.step(), prepared.setup().plan().examples(), null, Map.of(), "");
            Path written =
                    checkpoints.write(new Checkpoint(facts, before.model(), before.optimizer()), prepared.network());
            return prepared.state(checkpoints.read(written, prepared.network(), prepared.optimizerArrays()));
        } finally {
            files.system().delete(folder, true);
        }
    }
}
