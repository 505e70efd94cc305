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
import org.sparknorm.data.Split;
import org.sparknorm.optim.Optimizer;
import org.sparknorm.optim.Optimizers;
import org.sparknorm.run.ModelFiles;
import org.sparknorm.run.RunPlan;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.spark.DriverExamples;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.train.LocalWorkers;
import org.sparknorm.train.Trainer;
import org.sparknorm.train.TrainingState;
import org.sparknorm.train.Workers;

/**
 * The run that {@code verify} makes several times: in many partitions and in few, on Spark and on threads without it,
 * without a break and resumed.
 *
 * @param workersOfEachRun replaces the workers of a run; identity except in tests
 */
record VerifiedRun(
        RunPlan plan, JavaSparkContext spark, ClusterResources resources, UnaryOperator<Workers> workersOfEachRun) {
    /** Returns the state after all steps on Spark in that many partitions, even if there are slots for more. */
    TrainingState inPartitions(int partitions) {
        try (SparkWorkers workers = workers(partitions)) {
            return straight(workers);
        }
    }

    /** Returns the state after all steps on threads of the driver. */
    TrainingState onThreads() throws IOException {
        boolean shuffled = plan.config().data().shuffle() != DataConfig.Shuffle.FALSE;
        return straight(new LocalWorkers(
                DriverExamples.fetch(spark, plan.training(), plan.spec(), plan.settings(), shuffled, resources.blas()),
                null,
                Runtime.getRuntime().availableProcessors()));
    }

    /** Returns the state after all steps on Spark, with a checkpoint that is written to disk and read in the middle. */
    TrainingState resumed(int partitions) throws IOException {
        try (SparkWorkers workers = workers(partitions)) {
            Trainer trainer = trainer(workers);
            TrainingState before = initialState();
            while (before.step() < plan.totalSteps() / 2) {
                trainer.step(before);
            }
            TrainingState state = throughCheckpoint(before);
            trainer.train(state, false);
            return state;
        }
    }

    /**
     * Returns the result of {@link CentralDifferences#errors}. The initial weights are not suitable: biases are 0, and
     * so are many inputs of ReLUs, which have no derivative there.
     *
     * @param trained state whose weights are used
     */
    double[] gradientErrors(int partitions, TrainingState trained, int directions) {
        try (SparkWorkers workers = workers(partitions)) {
            Optimizer optimizer = Optimizers.of(plan.config().optimizer(), plan.network());
            Workers used = workersOfEachRun.apply(workers);
            return new CentralDifferences(used, plan.network(), trained.model(), optimizer)
                    .errors(directions, plan.config().seed());
        }
    }

    private SparkWorkers workers(int partitions) {
        RunPlan dealt = plan.withPartitions(partitions);
        SparkWorkers workers = new SparkWorkers(spark, dealt.config(), partitions);
        dealt.deal(Split.TRAIN, workers, resources);
        return workers;
    }

    private Trainer trainer(Workers workers) {
        return new Trainer(plan.trainerSettings(false), workersOfEachRun.apply(workers), List.of());
    }

    private TrainingState straight(Workers workers) {
        TrainingState state = initialState();
        trainer(workers).train(state, false);
        return state;
    }

    private TrainingState initialState() {
        return plan.state(ModelFiles.initial(plan, spark.hadoopConfiguration()));
    }

    private TrainingState throughCheckpoint(TrainingState before) throws IOException {
        Path folder = new Path(Files.createTempDirectory("sparknorm-verify").toUri());
        AtomicFiles files = AtomicFiles.of(folder, spark.hadoopConfiguration());
        try {
            CheckpointFolder checkpoints = new CheckpointFolder(files, folder);
            Checkpoint.Facts facts =
                    new Checkpoint.Facts(before.step(), plan.settings().plan().examples(), null, Map.of(), "");
            Path written = checkpoints.write(new Checkpoint(facts, before.model(), before.optimizer()), plan.network());
            return plan.state(checkpoints.read(written, plan.network(), plan.optimizerArrays()));
        } finally {
            files.system().delete(folder, true);
        }
    }
}
