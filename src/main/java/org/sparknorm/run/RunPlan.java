package org.sparknorm.run;

import java.io.PrintStream;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.checkpoint.Checkpoint;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.model.Models;
import org.sparknorm.nn.Network;
import org.sparknorm.optim.Optimizer;
import org.sparknorm.optim.Optimizers;
import org.sparknorm.optim.Schedule;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.spark.NetworkSpec;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.spark.SplitContent;
import org.sparknorm.spark.source.DataSource;
import org.sparknorm.spark.source.DataSources;
import org.sparknorm.spark.source.UndecodableImages;
import org.sparknorm.tensor.Blas;
import org.sparknorm.train.BatchPlan;
import org.sparknorm.train.ReplicaSettings;
import org.sparknorm.train.StepsPerJob;
import org.sparknorm.train.Trainer;
import org.sparknorm.train.TrainingState;

/**
 * The plan of a run: its configuration, data, network and steps, checked against each other. Making it writes nothing
 * and does not need Spark.
 *
 * @param config configuration that contains the number of classes
 * @param validation null without validation examples
 * @param network network that gives the structure and computes nothing
 */
public record RunPlan(
        RunConfig config,
        DataSource training,
        DataSource validation,
        NetworkSpec spec,
        Network network,
        ReplicaSettings settings,
        long totalSteps) {

    /** @throws RefusedException if configuration, data, network and batches do not fit together */
    public static RunPlan of(RunConfig config, Configuration hadoop) {
        DataSource training = DataSources.of(config.data(), Split.TRAIN, hadoop);
        DataSource validation = DataSources.of(config.data(), Split.VALIDATION, hadoop);
        List<String> classNames = training.description().classNames();
        return of(config, training, validation == null ? null : validation.withClasses(classNames));
    }

    /** Plans a run on the given examples instead of those that the configuration names. */
    public static RunPlan of(RunConfig given, DataSource training, DataSource validation) {
        DataSource.Description data = training.description();
        int classes = given.model().classes().or(data.classes());
        DataChecks.checkSplits(training, validation, classes);
        DataChecks.checkInput(given.data(), data);
        RunConfig config = given.withClasses(classes);
        NetworkSpec spec = new NetworkSpec(config.model(), config.data(), data.shape(), data.form(), classes);
        Network network = network(spec);
        spec.exampleReader(config.seed()); // throws if it cannot read such examples
        boolean drop = config.data().lastBatch() == DataConfig.LastBatch.DROP;
        BatchPlan batches = new BatchPlan(data.count(), config.batchSize(), config.slices(), drop);
        BatchChecks.check(batches, network);
        ReplicaSettings settings = new ReplicaSettings(
                batches,
                config.seed(),
                config.data().shuffle() == DataConfig.Shuffle.TRUE,
                config.loss().labelSmoothing());
        long totalSteps = config.totalSteps(batches.stepsPerEpoch());
        return new RunPlan(config, training, validation, spec, network, settings, totalSteps);
    }

    /** Returns the same plan for another number of partitions, which does not change the result. */
    public RunPlan withPartitions(int partitions) {
        return new RunPlan(
                config.withPartitions(partitions), training, validation, spec, network, settings, totalSteps);
    }

    /**
     * Returns a plan without the images that cannot be decoded, if the configuration says that these are skipped.
     *
     * @param bad receives one line for each such image
     * @param out receives their number
     */
    public RunPlan withoutBadImages(JavaSparkContext spark, List<String> bad, PrintStream out) {
        if (config.data().badImages() == DataConfig.BadImages.FAIL || !spec.encoded()) {
            return this;
        }
        long largest = config.data().largestImage();
        UndecodableImages.Checked checked = UndecodableImages.leaveOut(spark, training, largest);
        bad.addAll(checked.messages());
        DataSource rest = validation;
        if (validation != null) {
            UndecodableImages.Checked ofValidation = UndecodableImages.leaveOut(spark, validation, largest);
            bad.addAll(ofValidation.messages());
            rest = ofValidation.source();
        }
        out.printf("%d bad images are left out%n", bad.size());
        return bad.isEmpty() ? this : of(config, checked.source(), rest);
    }

    /** Deals the examples of a split over the partitions of the workers, before the first step. */
    public void deal(Split split, SparkWorkers workers, ClusterResources resources) {
        deal(split, workers, resources, 1);
    }

    /**
     * Deals the examples of a split over the partitions of the workers.
     *
     * @param nextStep the step that comes next
     */
    public void deal(Split split, SparkWorkers workers, ClusterResources resources, long nextStep) {
        workers.deal(split, content(split, resources.blas()), nextStep);
    }

    /** The examples of a split as they are dealt. */
    public SplitContent content(Split split, String blas) {
        return split == Split.TRAIN
                ? new SplitContent(training, spec, settings, blas, weightBytes())
                : new SplitContent(validation, spec, evaluationSettings(config, validation), blas, weightBytes());
    }

    /** Returns the settings for inference over a split, in the order of the input and with all examples. */
    public static ReplicaSettings evaluationSettings(RunConfig config, DataSource source) {
        BatchPlan batches = new BatchPlan(source.description().count(), config.batchSize(), config.slices(), false);
        return new ReplicaSettings(batches, config.seed(), false, 0);
    }

    /** @throws RefusedException if the configured network does not fit the examples or is too large */
    public static Network network(NetworkSpec spec) {
        try {
            return spec.network(Blas.none());
        } catch (IllegalArgumentException e) {
            throw new RefusedException(e.getMessage(), "change the model or the data");
        } catch (ArithmeticException e) {
            throw new RefusedException("the model has more than 2^31 - 1 weights", "make it smaller");
        }
    }

    /** Returns the model before the first step if no file of initial weights is named. */
    public ModelTensors initialModel() {
        return new ModelTensors(
                network.initialWeights(Models.initializer(config.model()), config.seed()), network.initialBuffers(), 0);
    }

    /** Returns the state before the first step. */
    public TrainingState state(ModelTensors initial) {
        return new TrainingState(network, initial, Optimizers.of(config.optimizer(), network), 0);
    }

    /** Returns the state of a checkpoint. */
    public TrainingState state(Checkpoint checkpoint) {
        Optimizer optimizer = Optimizers.of(config.optimizer(), network);
        optimizer.restore(checkpoint.optimizer());
        return new TrainingState(
                network, checkpoint.model(), optimizer, checkpoint.facts().step());
    }

    /** Returns the names of the arrays that the optimizer keeps. */
    public Set<String> optimizerArrays() {
        return Optimizers.arrays(config.optimizer());
    }

    /** @param evaluates whether the run evaluates on its validation examples */
    public Trainer.Settings trainerSettings(boolean evaluates) {
        return new Trainer.Settings(
                settings.plan(),
                Schedule.of(config.learningRate(), totalSteps),
                totalSteps,
                config.evaluateEvery(),
                evaluates,
                config.stepsPerJob().isAuto()
                        ? StepsPerJob.auto()
                        : StepsPerJob.fixed(config.stepsPerJob().value()),
                config.onDivergence() == RunConfig.OnDivergence.STOP);
    }

    /** Returns the bytes of all weights as float32. */
    public long weightBytes() {
        return (long) network.weightCount() * Float.BYTES;
    }
}
