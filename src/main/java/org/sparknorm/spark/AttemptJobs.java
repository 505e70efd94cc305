package org.sparknorm.spark;

import java.util.UUID;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CallSite;
import org.sparknorm.config.RunConfig;
import org.sparknorm.spark.endpoint.DriverEndpoint;
import org.sparknorm.spark.endpoint.EndpointAddress;
import org.sparknorm.spark.endpoint.GradientHandover;
import org.sparknorm.spark.endpoint.GradientPayload;
import org.sparknorm.spark.endpoint.StepsJob;
import org.sparknorm.spark.shim.BarrierStage;
import org.sparknorm.spark.shim.Shuffles;
import org.sparknorm.spark.shim.TreeAggregation;
import org.sparknorm.train.GradientSum;
import org.sparknorm.train.StepResult;
import org.sparknorm.train.StepTimes;
import org.sparknorm.train.TrainingState;

/**
 * Runs each attempt at a step, or several, as one Spark job with one barrier stage. The tasks sum their statistics
 * through the {@link DriverEndpoint} while they run, and so the gradients of all steps but the last, which {@code
 * treeAggregate} sums.
 */
final class AttemptJobs implements AutoCloseable {
    private static final CallSite CALL_SITE = new CallSite("Sparknorm", "");

    private final JavaSparkContext spark;
    private final RunConfig config;
    private final boolean isAlone;
    private final String name = "sparknorm-" + UUID.randomUUID();
    private final DriverEndpoint endpoint;
    /** Held here as well, so that Spark never has to read it back from disk, as a copy. */
    private final EndpointAddress ownAddress;

    private final Broadcast<EndpointAddress> address;

    /** @param isAlone whether no other run makes steps in the application at the same time */
    AttemptJobs(JavaSparkContext spark, RunConfig config, boolean isAlone) {
        this.spark = spark;
        this.config = config;
        this.isAlone = isAlone;
        this.endpoint = new DriverEndpoint(SparkEnv.get().rpcEnv(), config.statisticsTimeout());
        SparkEnv.get().rpcEnv().setupEndpoint(name, endpoint);
        this.ownAddress = new EndpointAddress(name, endpoint);
        this.address = spark.broadcast(ownAddress);
    }

    /** The name of the endpoint, which no other run has. */
    String name() {
        return name;
    }

    DriverEndpoint endpoint() {
        return endpoint;
    }

    /**
     * Runs an attempt.
     *
     * @param depth of {@code treeAggregate}
     * @param learningRates of each of the steps
     * @return what the last step gives; the job's {@code made} takes what the others give
     */
    StepResult run(
            JavaRDD<PartitionReplicas> replicas, int depth, TrainingState state, double[] learningRates, StepsJob job) {
        // Otherwise Spark walks the stack for every RDD of every step.
        spark.sc().setCallSite(CALL_SITE);
        GradientHandover handover = ownAddress.handover();
        handover.clear();
        long started = System.nanoTime();
        WeightsSource weights =
                WeightsSource.of(spark, state, config.optimizer(), job.attempt().step(), learningRates);
        long broadcast = System.nanoTime();
        Shuffles shuffles = new Shuffles(spark.sc());
        endpoint.begin(job);
        try {
            AttemptSteps steps =
                    new AttemptSteps(job.attempt(), learningRates.length, weights, address, config.statisticsTimeout());
            StepResult result = TreeAggregation.of(
                            BarrierStage.map(replicas, new GradientTask(steps)),
                            new GradientPayload(new GradientSum(config.slices()), null),
                            new GradientPayload.Merge(address),
                            depth)
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

    /** Makes the steps in one task, and returns the gradients of the last. */
    private record GradientTask(AttemptSteps steps) implements BarrierStage.Task<PartitionReplicas, GradientPayload> {
        @Override
        public GradientPayload call(PartitionReplicas replicas) throws InterruptedException {
            return new GradientPayload(
                    replicas.steps(steps, TaskContext.get().cpus()),
                    steps.endpoint().value().handover());
        }
    }

    @Override
    public void close() {
        SparkEnv.get().rpcEnv().stop(endpoint.self());
        address.destroy();
    }
}
