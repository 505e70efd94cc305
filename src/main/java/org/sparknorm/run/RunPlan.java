package org.sparknorm.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.checkpoint.Checkpoint;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.data.image.Picture;
import org.sparknorm.model.Models;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.norm.BatchStatistics;
import org.sparknorm.optim.Optimizer;
import org.sparknorm.optim.Optimizers;
import org.sparknorm.optim.Schedule;
import org.sparknorm.spark.NetworkSpec;
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
 * A run before its first step: data, network and plan, checked against each other. Nothing is written, no Spark is needed.
 *
 * @param validation null without validation examples
 * @param network for its structure; it computes nothing
 */
public record RunPlan(
        RunConfig config,
        DataSource training,
        DataSource validation,
        NetworkSpec run,
        Network network,
        ReplicaSettings setup,
        long totalSteps) {

    /** @throws RefusedException if data, network or plan do not fit together */
    public static RunPlan of(RunConfig config, Configuration hadoop) {
        DataSource training = DataSources.of(config.data(), Split.TRAIN, hadoop);
        DataSource validation = DataSources.of(config.data(), Split.VALIDATION, hadoop);
        List<String> classNames = training.description().classNames();
        return of(config, training, validation == null ? null : validation.withClasses(classNames));
    }

    /** With these examples, whatever the configuration says of its data. */
    public static RunPlan of(RunConfig config, DataSource training, DataSource validation) {
        DataSource.Description data = training.description();
        int classes = config.model().classes().or(data.classes());
        checkLabels(training, classes);
        if (validation != null) {
            checkClassNames(data.classNames(), validation);
            checkLabels(validation, classes);
            if (!validation.description().shape().equals(data.shape())) {
                throw new RefusedException(
                        "data.train has examples of shape " + data.shape() + ", data.validation of "
                                + validation.description().shape(),
                        "give both in one shape");
            }
        }
        if (classes < 2) {
            throw new RefusedException(
                    training.name() + " has one class alone: there is nothing to tell apart", "add others");
        }
        checkInput(config.data(), data);
        NetworkSpec run = new NetworkSpec(config.model(), config.data(), data.shape(), data.form(), classes);
        Network network = network(run);
        run.exampleReader(config.seed());
        BatchPlan plan = plan(config, data.count());
        if (plan.stepsPerEpoch() == 0) {
            throw new RefusedException(
                    data.count() + " examples do not fill one batch of " + config.batchSize(),
                    "lower batch-size, or keep the last batch with data.last-batch=keep");
        }
        checkBatches(config, plan, network);
        ReplicaSettings setup = new ReplicaSettings(
                plan,
                config.seed(),
                config.data().shuffle() == DataConfig.Shuffle.TRUE,
                config.loss().labelSmoothing());
        return new RunPlan(config, training, validation, run, network, setup, config.totalSteps(plan.stepsPerEpoch()));
    }

    /**
     * Tries all images, if the configuration says so, and leaves out those that are bad.
     *
     * @param bad a line for each is added
     */
    public RunPlan withoutBadImages(JavaSparkContext spark, List<String> bad) {
        if (config.data().badImages() == DataConfig.BadImages.FAIL || !run.encoded()) {
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
        System.out.printf("%d bad images are left out%n", bad.size());
        return bad.isEmpty() ? this : of(config, checked.source(), rest);
    }

    /** With a configuration that says the same of data and network. */
    public RunPlan with(RunConfig same) {
        return new RunPlan(same, training, validation, run, network, setup, totalSteps);
    }

    /** The set-up for inference over a split: input order, nothing dropped. */
    public static ReplicaSettings evaluationSetup(RunConfig config, DataSource source) {
        BatchPlan plan = new BatchPlan(source.description().count(), config.batchSize(), config.slices(), false);
        return new ReplicaSettings(plan, config.seed(), false, 0);
    }

    public static Network network(NetworkSpec run) {
        try {
            return run.network(Blas.none());
        } catch (IllegalArgumentException e) {
            throw new RefusedException(e.getMessage(), "change the model or the data");
        } catch (ArithmeticException e) {
            throw new RefusedException("the model has more than 2^31 - 1 weights", "make it smaller");
        }
    }

    /** The model before the first step, where no file is named to begin from. */
    public ModelTensors initialModel() {
        return new ModelTensors(
                network.initialWeights(Models.initializer(config.model()), config.seed()), network.initialBuffers(), 0);
    }

    /** The state before the first step. */
    public TrainingState state(ModelTensors initial) {
        return new TrainingState(network, initial, Optimizers.of(config.optimizer(), network), 0);
    }

    /** The state of a checkpoint. */
    public TrainingState state(Checkpoint checkpoint) {
        Optimizer optimizer = Optimizers.of(config.optimizer(), network);
        optimizer.restore(checkpoint.optimizer());
        return new TrainingState(
                network, checkpoint.model(), optimizer, checkpoint.facts().step());
    }

    /** The names of the arrays that the optimizer keeps. */
    public Set<String> optimizerArrays() {
        return Optimizers.arrays(config.optimizer());
    }

    /** @param evaluates whether the run evaluates on its validation examples */
    public Trainer.Settings trainerSettings(boolean evaluates) {
        return new Trainer.Settings(
                setup.plan(),
                Schedule.of(config.learningRate(), totalSteps),
                totalSteps,
                config.evaluateEvery(),
                evaluates,
                config.stepsPerJob().isAuto()
                        ? StepsPerJob.auto()
                        : StepsPerJob.fixed(config.stepsPerJob().value()),
                config.onDivergence() == RunConfig.OnDivergence.STOP);
    }

    /** Size of the model as float32. */
    public long weightBytes() {
        return (long) network.weightCount() * Float.BYTES;
    }

    private static BatchPlan plan(RunConfig config, int examples) {
        boolean drop = config.data().lastBatch() == DataConfig.LastBatch.DROP;
        return new BatchPlan(examples, config.batchSize(), config.slices(), drop);
    }

    /** Whether the data are such that data.size and data.augment can do what they say. */
    public static void checkInput(DataConfig config, DataSource.Description data) {
        if (data.shape().rank() == 1) {
            checkText(config);
            return;
        }
        int height = data.shape().dimension(0);
        int width = data.shape().dimension(1);
        String format = config.format().name().toLowerCase(Locale.ROOT).replace('_', '-');
        if (!config.size().isAuto() && (config.size().or(0) != height || height != width)) {
            throw new RefusedException(
                    "data.size = " + config.size() + ", but images of format " + format + " are " + height + " x "
                            + width,
                    "leave it out");
        }
        boolean hasPictures = data.shape().last() == Picture.CHANNELS && height == width;
        if (!config.augment().isNone() && !hasPictures) {
            throw new RefusedException(
                    "data.augment is for square images in colour, and those of format " + format + " are of shape "
                            + data.shape(),
                    "set data.augment = none");
        }
    }

    private static void checkText(DataConfig config) {
        boolean hasImages = !config.augment().isNone()
                || config.binarize()
                || !config.mean().isNone()
                || !config.deviation().isNone();
        if (hasImages) {
            throw new RefusedException(
                    "data.augment, data.binarize, data.mean and data.deviation are for images, not for texts",
                    "leave them out");
        }
    }

    /** @param known empty where names are not known */
    public static void checkClassNames(List<String> known, DataSource other) {
        List<String> found = other.description().classNames();
        if (!known.isEmpty() && !found.isEmpty() && !known.equals(found)) {
            List<String> missing = new ArrayList<>(known);
            missing.removeAll(found);
            List<String> unknown = new ArrayList<>(found);
            unknown.removeAll(known);
            throw new RefusedException(
                    other.name() + " has other classes than the training data: without " + missing + ", with "
                            + unknown,
                    "give it the same classes");
        }
    }

    public static void checkLabels(DataSource source, int classes) {
        if (classes == 0) {
            throw new RefusedException(source.name() + " does not say how many classes there are", "set model.classes");
        }
        int needed = source.description().classes();
        if (needed > classes) {
            throw new RefusedException(
                    source.name() + " has label " + (needed - 1) + ", model.classes = " + classes + " allows 0 to "
                            + (classes - 1),
                    "raise model.classes");
        }
    }

    /** Whether some channel would see a single value follows from N, B, S and the network. */
    private static void checkBatches(RunConfig config, BatchPlan plan, Network network) {
        int last = (int) (plan.examples() % plan.batchSize());
        for (Network.Row row : network.rows()) {
            if (!(row.layer() instanceof BatchStatistics norm)) {
                continue;
            }
            int positions = norm.valuesPerExample(row.input());
            if (plan.examples() >= plan.batchSize() && seesOneValue(plan, norm, plan.batchSize(), positions)) {
                throw new RefusedException(
                        norm.name() + " would see one value a channel in a batch of " + plan.batchSize(),
                        norm.isSynchronized() ? "raise batch-size" : "raise batch-size or lower slices");
            }
            if (last > 0 && !plan.dropLast() && seesOneValue(plan, norm, last, positions)) {
                throw new RefusedException(
                        norm.name() + " would see one value a channel in the last batch of an epoch, which has " + last
                                + " of " + config.batchSize() + " examples",
                        "leave that batch out with data.last-batch=drop");
            }
        }
    }

    private static boolean seesOneValue(BatchPlan plan, BatchStatistics norm, int batchExamples, int positions) {
        if (norm.isSynchronized()) {
            return batchExamples * positions == 1;
        }
        for (int slice = 0; slice < plan.slices(); slice++) {
            if (plan.share(slice, batchExamples) * positions == 1) {
                return true;
            }
        }
        return false;
    }
}
