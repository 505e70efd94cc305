package org.sparknorm.spark;

import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
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
    private final Map<Split, BatchPlan> plans = new EnumMap<>(Split.class);

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
        boolean shuffled = split == Split.TRAIN && config.data().shuffle() != DataConfig.Shuffle.FALSE;
        DealOrder order = new DealOrder(setup.plan().examples(), setup.seed(), shuffled);
        plans.put(split, setup.plan());
        SliceRuns runs = new SliceRuns(config.slices(), partitions);
        try {
            hosts.put(split, Dealer.deal(spark, source, new Dealer.Deal(run, setup, order, runs, blasName)));
        } catch (Exception e) { // Spark throws its checked exceptions undeclared
            throw Unchecked.sneak(refusalIn(e));
        }
    }

    @Override
    public StepResult step(TrainingState state, long step) {
        for (int number = 0; ; number++) {
            try {
                return attempt(state, new StatisticsAsk.Try(step, number));
            } catch (Exception e) { // Spark throws its checked exceptions undeclared
                recover(step, number, e);
            }
        }
    }

    private StepResult attempt(TrainingState state, StatisticsAsk.Try attempt) {
        spark.setJobDescription("epoch " + plans.get(Split.TRAIN).epoch(attempt.step()) + " step " + attempt.step());
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
        Throwable cause = refusalIn(failure);
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
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Unchecked.sneak(cause);
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

    /** A refusal by our own code on an executor, where that is the root of the failure. */
    private static Throwable refusalIn(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RefusedException) {
                return cause;
            }
        }
        return failure;
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
