package org.sparknorm.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.CallSite;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.spark.endpoint.Attempt;
import org.sparknorm.spark.endpoint.DriverEndpoint;
import org.sparknorm.spark.endpoint.EndpointAddress;
import org.sparknorm.spark.endpoint.GradientHandover;
import org.sparknorm.spark.endpoint.GradientPayload;
import org.sparknorm.spark.endpoint.ModelPayload;
import org.sparknorm.spark.endpoint.StepsJob;
import org.sparknorm.spark.shim.BarrierStage;
import org.sparknorm.spark.shim.Shuffles;
import org.sparknorm.spark.shim.TreeAggregation;
import org.sparknorm.spark.source.DataSource;
import org.sparknorm.sync.TreeSum;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.GradientSum;
import org.sparknorm.train.InferenceTask;
import org.sparknorm.train.ReplicaSettings;
import org.sparknorm.train.Scores;
import org.sparknorm.train.StepResult;
import org.sparknorm.train.StepTimes;
import org.sparknorm.train.TrainingState;
import org.sparknorm.train.Workers;

/**
 * Executors as workers: a step, or several, is one Spark job with one barrier stage, whose tasks meet through the {@link
 * DriverEndpoint} while they run and whose gradients are summed by {@code treeAggregate}; those of steps before the
 * last go through the endpoint, too. A step that fails is repeated: it is a pure function of (state, step).
 */
public final class SparkWorkers implements Workers, AutoCloseable {
    private static final CallSite CALL_SITE = new CallSite("Sparknorm", "");

    private final JavaSparkContext spark;
    private final RunConfig config;
    private final DriverEndpoint endpoint;
    /** Held here as well, so that Spark never has to read it back from disk, as a copy. */
    private final EndpointAddress ownAddress;

    private final Broadcast<EndpointAddress> address;
    private final DealtData data;
    private final Recovery recovery;
    private final boolean isAlone;

    /** @param partitions P: tasks of a step, at most as many as there are slots */
    public SparkWorkers(JavaSparkContext spark, RunConfig config, int partitions) {
        this(spark, config, partitions, true);
    }

    /** @param isAlone whether no other run makes steps in the application at the same time */
    public SparkWorkers(JavaSparkContext spark, RunConfig config, int partitions, boolean isAlone) {
        this.isAlone = isAlone;
        this.spark = spark;
        this.config = config;
        this.endpoint = new DriverEndpoint(SparkEnv.get().rpcEnv(), config.statisticsTimeout());
        String endpointName = "sparknorm-" + UUID.randomUUID();
        SparkEnv.get().rpcEnv().setupEndpoint(endpointName, endpoint);
        this.ownAddress = new EndpointAddress(endpointName, endpoint);
        this.address = spark.broadcast(ownAddress);
        this.data = new DealtData(spark, config, partitions);
        this.recovery = new Recovery(spark.sc(), config, endpoint, data, endpointName);
    }

    /**
     * Deals the examples of a split over the partitions.
     *
     * @throws RefusedException if the data turn out to be damaged
     */
    public void deal(Split split, DataSource source, NetworkSpec run, ReplicaSettings setup, String blasName) {
        data.put(split, new DealtData.Content(source, run, setup, blasName));
        if (split == Split.TRAIN) {
            int most = config.partitions().or(config.slices());
            ResultLimit.makeRoom(spark.sc(), data.runs(), most, data.gradientBytes());
        }
        recovery.repeatIfLost(1, () -> data.inAnyOrder(split));
    }

    /** P, which follows the slots that come and go. */
    public int partitions() {
        return data.partitions();
    }

    /** Ends the step or evaluation in progress; whatever is asked for from then on is refused. For any thread. */
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
            recovery.grow(spark, config.partitions().or(config.slices()));
        }
        JavaRDD<PartitionReplicas> hosts = data.training(attempt.step());
        if (attempt.number() > 0) {
            rebuild(hosts);
        }
        return job(hosts, state, attempt, learningRates, made);
    }

    /** What died with an executor is built again first: the other tasks of a step wait for it no longer than a sum may take. */
    private static void rebuild(JavaRDD<PartitionReplicas> hosts) {
        BarrierStage.map(hosts, host -> true).count();
    }

    /**
     * One Spark job.
     *
     * @param made takes what all but the last of the steps give
     * @return what the last gives
     */
    private StepResult job(
            JavaRDD<PartitionReplicas> hosts,
            TrainingState state,
            Attempt attempt,
            double[] learningRates,
            Consumer<StepResult> made) {
        spark.setJobDescription("epoch " + data.plan().epoch(attempt.step()) + " step " + attempt.step());
        // Otherwise Spark walks the stack for every RDD of every step.
        spark.sc().setCallSite(CALL_SITE);
        GradientHandover handover = ownAddress.handover();
        handover.clear();
        long started = System.nanoTime();
        WeightsSource weights = WeightsSource.of(spark, state, config.optimizer(), attempt.step(), learningRates);
        long broadcast = System.nanoTime();
        Shuffles shuffles = new Shuffles(spark.sc());
        endpoint.begin(new StepsJob(attempt, state.weights(), made, recovery::cancelJobs));
        try {
            StepTask task = new StepTask(attempt, learningRates.length, weights, address, config.statisticsTimeout());
            GradientPayload zero = new GradientPayload(new GradientSum(config.slices()), null);
            StepResult result = TreeAggregation.of(
                            BarrierStage.map(hosts, task),
                            zero,
                            new GradientPayload.Merge(address),
                            data.runs().depth())
                    .open(handover)
                    .result();
            return result.endOf(new StepTimes.OfDriver(broadcast - started, endpoint.lastBegunNanos() - broadcast));
        } finally {
            endpoint.end();
            if (isAlone) {
                shuffles.dropNew();
            }
            weights.destroy();
        }
    }

    /** See {@link DriverEndpoint#waits}. */
    public Map<String, Double> waits() {
        return endpoint.waits();
    }

    /** A job with a barrier stage and {@code treeAggregate} over the training examples that computes nothing: the floor. */
    public void emptyJob() {
        TreeAggregation.of(
                BarrierStage.map(data.inAnyOrder(Split.TRAIN), host -> 1),
                0,
                Integer::sum,
                data.runs().depth());
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

    /** The answers of the partitions. */
    private <A> JavaRDD<A> answers(Split split, Broadcast<ModelPayload> model, InferenceTask<A> task) {
        return data.inAnyOrder(split)
                .map(replicas -> replicas.infer(model.value(), TaskContext.get().cpus(), task));
    }

    /** What is kept of what the model says of an example; on the executors. */
    @FunctionalInterface
    public interface Keep<T> extends Function<Scores, T>, Serializable {}

    /**
     * What was kept of every example of a split, and how well the model does.
     *
     * @param cached from which the examples are taken
     */
    public record Predictions<T>(Evaluation evaluation, JavaRDD<T> examples, JavaRDD<?> cached)
            implements AutoCloseable {
        /** Gives their space back. */
        @Override
        public void close() {
            cached.unpersist();
        }
    }

    /**
     * Inference over a split, example by example.
     *
     * @param crops of each example, whose probabilities are averaged
     */
    public <T> Predictions<T> predict(TrainingState state, Split split, int crops, Keep<T> keep) {
        recovery.claimJobs();
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
            SparkEnv.get().rpcEnv().stop(endpoint.self());
            address.destroy();
            data.close();
            context.clearJobGroup();
        }
    }
}
