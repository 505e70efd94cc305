package org.sparknorm.spark;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.CallSite;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.sync.TreeSum;
import org.sparknorm.train.BatchPlan;
import org.sparknorm.train.DealOrder;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.GradientSum;
import org.sparknorm.train.Prediction;
import org.sparknorm.train.SliceGroup;
import org.sparknorm.train.StepResult;
import org.sparknorm.train.TrainingSetup;
import org.sparknorm.train.TrainingState;
import org.sparknorm.train.Workers;

/**
 * Executors as workers: a step is one Spark job with one barrier stage, whose tasks meet through the {@link
 * StatisticsEndpoint} while they run and whose gradients are summed by {@code treeAggregate}. A step that fails is
 * repeated: it is a pure function of (state, step).
 */
public final class SparkWorkers implements Workers, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SparkWorkers.class);

    /**
     * Up to this many bytes tasks ask the endpoint for the weights; larger ones are broadcast, which costs a millisecond
     * more but does not send them once a task. In local mode they are only pointed at, whatever their size.
     */
    private static final long LARGEST_DIRECT_MODEL = 1 << 20;

    private static final CallSite CALL_SITE = new CallSite("Sparknorm", "");

    private final JavaSparkContext spark;
    private final RunConfig config;
    private final int partitions;
    private final StatisticsEndpoint endpoint;
    /** Held here as well, so that Spark never has to read it back from disk, as a copy. */
    private final EndpointLine.Address ownAddress;

    private final Broadcast<EndpointLine.Address> address;
    private final Map<Split, JavaRDD<Host>> hosts = new EnumMap<>(Split.class);
    private final Map<Split, DataToDeal> dealt = new EnumMap<>(Split.class);
    private long trainingGeneration;

    /** What a deal is made of, and made again of. */
    private record DataToDeal(DataSource source, RunSetup run, TrainingSetup setup, String blasName) {}

    /** @param partitions P: tasks of a step, at most as many as there are slots */
    public SparkWorkers(JavaSparkContext spark, RunConfig config, int partitions) {
        this.spark = spark;
        this.config = config;
        this.partitions = partitions;
        this.endpoint = new StatisticsEndpoint(SparkEnv.get().rpcEnv(), config.statisticsTimeout());
        String endpointName = "sparknorm-" + UUID.randomUUID();
        SparkEnv.get().rpcEnv().setupEndpoint(endpointName, endpoint);
        this.ownAddress = new EndpointLine.Address(endpointName, endpoint);
        this.address = spark.broadcast(ownAddress);
        spark.sc().setInterruptOnCancel(true);
    }

    /**
     * Deals the examples of a split over the partitions.
     *
     * @throws RefusedException if the data turn out to be damaged
     */
    public void deal(Split split, DataSource source, RunSetup run, TrainingSetup setup, String blasName) {
        DataToDeal data = new DataToDeal(source, run, setup, blasName);
        dealt.put(split, data);
        deal(split, data, 0);
    }

    private void deal(Split split, DataToDeal data, long generation) {
        BatchPlan plan = data.setup().plan();
        boolean shuffled = split == Split.TRAIN && config.data().shuffle() != DataConfig.Shuffle.FALSE;
        DealOrder order = new DealOrder(plan.examples(), data.setup().seed(), shuffled, generation);
        SliceRuns runs = new SliceRuns(config.slices(), partitions);
        JavaRDD<Host> before = hosts.remove(split);
        if (before != null) {
            before.unpersist(true);
            freeMappings();
        }
        try {
            Dealer.Deal deal = new Dealer.Deal(data.run(), data.setup(), order, runs, data.blasName());
            hosts.put(split, Dealer.deal(spark, data.source(), deal));
        } catch (Exception e) { // Spark throws its checked exceptions undeclared
            throw Unchecked.sneak(refusalIn(e));
        }
    }

    /** The space of dropped examples is given back with their mappings, which only a collection of garbage ends. */
    private void freeMappings() {
        List<Integer> tasks = new ArrayList<>();
        for (int task = 0; task < partitions; task++) {
            tasks.add(task);
        }
        spark.parallelize(tasks, partitions).foreach(task -> System.gc());
        System.gc();
    }

    /** Deals the training examples anew where the step is of a later generation, or, tried again, of an earlier one. */
    private void dealFor(long step) {
        int every = config.data().reshuffleEvery();
        long generation = every == 0 ? 0 : plan().epoch(step) / every;
        if (generation != trainingGeneration) {
            deal(Split.TRAIN, dealt.get(Split.TRAIN), generation);
            trainingGeneration = generation;
        }
    }

    private BatchPlan plan() {
        return dealt.get(Split.TRAIN).setup().plan();
    }

    @Override
    public StepResult step(TrainingState state, long step) {
        for (int number = 0; ; number++) {
            try {
                dealFor(step);
                return attempt(state, new StatisticsAsk.Try(step, number));
            } catch (Exception e) { // Spark throws its checked exceptions undeclared
                recover(step, number, e);
            }
        }
    }

    private StepResult attempt(TrainingState state, StatisticsAsk.Try attempt) {
        spark.setJobDescription("epoch " + plan().epoch(attempt.step()) + " step " + attempt.step());
        // Otherwise Spark walks the stack for every RDD of every step.
        spark.sc().setCallSite(CALL_SITE);
        endpoint.begin(attempt, state.weights());
        GradientParcel.Handover handover = ownAddress.handover();
        handover.clear();
        boolean direct = spark.sc().isLocal() || (long) state.weights().length * Float.BYTES <= LARGEST_DIRECT_MODEL;
        Broadcast<ModelParcel> model = direct ? null : spark.broadcast(new ModelParcel(state.weights(), new float[0]));
        try {
            StepTask task = new StepTask(attempt, model, address, config.statisticsTimeout());
            GradientParcel zero = new GradientParcel(new GradientSum(config.slices()), null);
            return TreeAggregation.of(
                            BarrierStage.map(hosts.get(Split.TRAIN), task), zero, new GradientParcel.Merge(address))
                    .open(handover)
                    .result();
        } finally {
            endpoint.end();
            if (model != null) {
                model.destroy();
            }
        }
    }

    /** A job with a barrier stage and {@code treeAggregate} over the training examples that computes nothing: the floor. */
    public void emptyJob() {
        TreeAggregation.of(BarrierStage.map(hosts.get(Split.TRAIN), host -> 1), 0, Integer::sum);
    }

    /** Returns when the step can be tried again, otherwise throws what stopped it. */
    private void recover(long step, int number, Exception failure) {
        if (spark.sc().isStopped()) {
            throw new SparkStoppedException(step, failure);
        }
        Throwable cause = endpoint.refusal() != null ? endpoint.refusal() : refusalIn(failure);
        if (cause instanceof RefusedException || number >= config.stepRetries()) {
            throw Unchecked.sneak(cause);
        }
        LOG.warn(
                "step {} failed, try {} of {} follows: {}",
                step,
                number + 2,
                config.stepRetries() + 1,
                firstLine(failure));
        try {
            if (!Slots.await(spark.sc(), partitions, config.slotsTimeout())) {
                LOG.warn(
                        "only {} of {} slots are back after slots-timeout = {} s",
                        Slots.now(spark.sc()),
                        partitions,
                        config.slotsTimeout().toSeconds());
                throw Unchecked.sneak(cause);
            }
            rebuild();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Unchecked.sneak(cause);
        }
    }

    /** What died with an executor is built again before the step, whose other tasks would wait for it no longer than a sum may take. */
    private void rebuild() {
        try {
            BarrierStage.map(hosts.get(Split.TRAIN), host -> true).count();
        } catch (Exception e) { // the next try of the step fails for the same reason, and counts
            LOG.warn("the examples cannot be dealt again yet: {}", firstLine(e));
        }
    }

    @Override
    public Evaluation evaluate(TrainingState state, Split split) {
        spark.setJobDescription("evaluate on " + split.word() + " after step " + state.step());
        Broadcast<ModelParcel> model = spark.broadcast(new ModelParcel(state.weights(), state.buffers()));
        try {
            TreeSum<double[]> zero = new TreeSum<>(ArrayKind.DOUBLES, config.slices());
            return Evaluation.of(
                    TreeAggregation.of(hosts.get(split).map(host -> evaluate(host, model)), zero, TreeSum::merge));
        } finally {
            model.destroy();
        }
    }

    private static TreeSum<double[]> evaluate(Host host, Broadcast<ModelParcel> model) throws InterruptedException {
        ModelParcel parcel = model.value();
        return host.evaluate(
                parcel.weights(), parcel.buffers(), TaskContext.get().cpus());
    }

    /** What the model says of every example of a split, and how well it does. */
    public record Predictions(Evaluation evaluation, JavaRDD<Prediction> examples) {}

    /**
     * Inference over a split, example by example.
     *
     * @param crops of each example, whose probabilities are averaged
     */
    public Predictions predict(TrainingState state, Split split, int crops) {
        spark.setJobDescription("predict on " + split.word());
        Broadcast<ModelParcel> model = spark.broadcast(new ModelParcel(state.weights(), state.buffers()));
        JavaRDD<SliceGroup.Predicted> predicted =
                hosts.get(split).map(host -> predict(host, model, crops)).persist(StorageLevel.MEMORY_AND_DISK());
        TreeSum<double[]> zero = new TreeSum<>(ArrayKind.DOUBLES, config.slices());
        Evaluation evaluation =
                Evaluation.of(TreeAggregation.of(predicted.map(SliceGroup.Predicted::sums), zero, TreeSum::merge));
        return new Predictions(
                evaluation, predicted.flatMap(part -> part.predictions().iterator()));
    }

    private static SliceGroup.Predicted predict(Host host, Broadcast<ModelParcel> model, int crops)
            throws InterruptedException {
        ModelParcel parcel = model.value();
        return host.predict(
                parcel.weights(), parcel.buffers(), TaskContext.get().cpus(), crops);
    }

    /** A refusal by our own code on an executor, where that is the root of the failure. */
    static Throwable refusalIn(Throwable failure) {
        RefusedException refusal = RefusedException.in(failure);
        return refusal == null ? failure : refusal;
    }

    private static String firstLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }

    @Override
    public void close() {
        SparkContext context = spark.sc();
        if (!context.isStopped()) {
            SparkEnv.get().rpcEnv().stop(endpoint.self());
            address.destroy();
            hosts.values().forEach(JavaRDD::unpersist);
        }
    }
}
