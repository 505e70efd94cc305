package org.sparknorm.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.spark.endpoint.Attempt;
import org.sparknorm.spark.endpoint.DriverEndpoint;
import org.sparknorm.spark.endpoint.ModelPayload;
import org.sparknorm.spark.endpoint.StepsJob;
import org.sparknorm.spark.shim.BarrierStage;
import org.sparknorm.spark.shim.TreeAggregation;
import org.sparknorm.sync.TreeSum;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.InferenceTask;
import org.sparknorm.train.Scores;
import org.sparknorm.train.StepResult;
import org.sparknorm.train.TrainingState;
import org.sparknorm.train.Workers;

/**
 * Workers on the executors of a Spark application. A step, or several, is one Spark job ({@link AttemptJobs});
 * inference is a job that sums or collects what the partitions answer. A job that fails is repeated ({@link Recovery}):
 * what it computes is a pure function of (state, step).
 */
public final class SparkWorkers implements Workers, AutoCloseable {
    private final JavaSparkContext spark;
    private final RunConfig config;
    private final AttemptJobs jobs;
    private final DealtData data;
    private final SparkExecutors executors;
    private final Recovery recovery;

    /** @param partitions P: tasks of a step, at most as many as there are slots */
    public SparkWorkers(JavaSparkContext spark, RunConfig config, int partitions) {
        this(spark, config, partitions, true);
    }

    /** @param isAlone whether no other run makes steps in the application at the same time */
    public SparkWorkers(JavaSparkContext spark, RunConfig config, int partitions, boolean isAlone) {
        this.spark = spark;
        this.config = config;
        this.jobs = new AttemptJobs(spark, config, isAlone);
        this.data = new DealtData(spark, config, partitions);
        this.executors = new SparkExecutors(spark, jobs.endpoint(), data, jobs.name());
        this.recovery = new Recovery(executors, config, jobs.endpoint()::finalFailure, data, Slots.Clock.SYSTEM);
    }

    /**
     * Deals the examples of a split over the partitions.
     *
     * @param nextStep the step that comes next
     * @throws RefusedException if the data turn out to be damaged
     */
    public void deal(Split split, SplitContent content, long nextStep) {
        data.put(split, content);
        if (split == Split.TRAIN) {
            int most = config.partitions().or(config.slices());
            ResultLimit.makeRoom(spark.sc(), data.assignment(), most, data.gradientBytes());
        }
        recovery.repeatIfLost(nextStep, () -> data.inAnyOrder(split));
    }

    /** The number of partitions, P, which follows the slots that come and go. */
    public int partitions() {
        return data.partitions();
    }

    /** Ends the step or inference in progress, and refuses all that is asked for later. For any thread. */
    public void stop() {
        recovery.stop();
    }

    @Override
    public StepResult step(TrainingState state, long step) {
        return recovery.repeat(step, number -> attempt(state, new Attempt(step, number), new double[1], null));
    }

    @Override
    public void steps(TrainingState state, double[] learningRates, Consumer<StepResult> made) {
        long first = state.step() + 1;
        StepResult last = recovery.repeat(() -> state.step() + 1, number -> {
            int done = Math.toIntExact(state.step() + 1 - first);
            double[] left = Arrays.copyOfRange(learningRates, done, learningRates.length);
            return attempt(state, new Attempt(state.step() + 1, number), left, made);
        });
        made.accept(last);
    }

    private StepResult attempt(
            TrainingState state, Attempt attempt, double[] learningRates, Consumer<StepResult> made) {
        if (attempt.number() == 0 && data.plan().batch(attempt.step()) == 0) {
            recovery.grow(config.partitions().or(config.slices()));
        }
        JavaRDD<PartitionReplicas> replicas = data.training(attempt.step());
        if (attempt.number() > 0) {
            rebuild(replicas);
        }
        spark.setJobDescription("epoch " + data.plan().epoch(attempt.step()) + " step " + attempt.step());
        StepsJob job = new StepsJob(attempt, state.weights(), made, executors::cancelJobs);
        return jobs.run(replicas, data.assignment().depth(), state, learningRates, job);
    }

    /**
     * First builds again what died with an executor: in a step, the other tasks wait no longer for it than for any sum.
     */
    private static void rebuild(JavaRDD<PartitionReplicas> replicas) {
        BarrierStage.map(replicas, partition -> true).count();
    }

    /** See {@link DriverEndpoint#waits}. */
    public Map<String, Double> waits() {
        return jobs.endpoint().waits();
    }

    /** Runs a job that has the stages of a step but computes nothing: no step can be faster. */
    public void emptyJob() {
        TreeAggregation.of(
                BarrierStage.map(data.inAnyOrder(Split.TRAIN), partition -> 1),
                0,
                Integer::sum,
                data.assignment().depth());
    }

    @Override
    public <A> A infer(TrainingState state, Split split, InferenceTask<A> task) {
        return recovery.repeat(state.step() + 1, number -> {
            spark.setJobDescription(task + " on " + split.word() + " after step " + state.step());
            Broadcast<ModelPayload> model = spark.broadcast(ModelPayload.forInference(state));
            try {
                return TreeAggregation.of(
                        answers(split, model, task), task.none(config.slices()), task::merge, TreeAggregation.FLAT);
            } finally {
                model.destroy();
            }
        });
    }

    /** Each partition's answer. */
    private <A> JavaRDD<A> answers(Split split, Broadcast<ModelPayload> model, InferenceTask<A> task) {
        return data.inAnyOrder(split)
                .map(replicas -> replicas.infer(model.value(), TaskContext.get().cpus(), task));
    }

    /** What is kept of the model's scores of an example; called on the executors. */
    @FunctionalInterface
    public interface Keep<T> extends Function<Scores, T>, Serializable {}

    /**
     * What was kept of every example of a split, and how well the model does.
     *
     * @param cached the RDD from which the examples are taken
     */
    public record Predictions<T>(Evaluation evaluation, JavaRDD<T> examples, JavaRDD<?> cached)
            implements AutoCloseable {
        /** Frees the space of the cached examples. */
        @Override
        public void close() {
            cached.unpersist();
        }
    }

    /**
     * Runs inference over a split, and keeps something of every example.
     *
     * @param crops the number of crops of each example, whose probabilities are averaged
     */
    public <T> Predictions<T> predict(TrainingState state, Split split, int crops, Keep<T> keep) {
        executors.claimJobs();
        spark.setJobDescription("predict on " + split.word());
        Broadcast<ModelPayload> model = spark.broadcast(ModelPayload.forInference(state));
        InferenceTask.Predict<T> task = new InferenceTask.Predict<>(crops, keep);
        JavaRDD<InferenceTask.Predict.Predicted<T>> predicted =
                answers(split, model, task).persist(StorageLevel.MEMORY_AND_DISK());
        int slices = config.slices();
        InferenceTask.Evaluate evaluation = new InferenceTask.Evaluate();
        TreeSum<double[]> sum = TreeAggregation.of(
                predicted.map(part -> part.sum(slices)),
                evaluation.none(slices),
                evaluation::merge,
                TreeAggregation.FLAT);
        return new Predictions<>(
                Evaluation.of(sum), predicted.flatMap(part -> part.kept().iterator()), predicted);
    }

    @Override
    public void close() {
        SparkContext context = spark.sc();
        if (!context.isStopped()) {
            jobs.close();
            data.close();
            context.clearJobGroup();
        }
    }
}
