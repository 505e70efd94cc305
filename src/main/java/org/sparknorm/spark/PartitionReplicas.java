package org.sparknorm.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.sparknorm.config.OptimizerConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.optim.Optimizer;
import org.sparknorm.optim.Optimizers;
import org.sparknorm.spark.endpoint.EndpointAllReduce;
import org.sparknorm.spark.endpoint.EndpointClient;
import org.sparknorm.spark.endpoint.ModelPayload;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.BlasLibrary;
import org.sparknorm.train.GradientSum;
import org.sparknorm.train.InferenceTask;
import org.sparknorm.train.ReplicaSettings;
import org.sparknorm.train.SliceExamples;
import org.sparknorm.train.SliceGroup;

/**
 * The examples of a partition's slices, and their replicas. It is the one element of a partition of the dealt data, and
 * the only thing on an executor that outlives a step. Spark caches it as an object ({@code MEMORY_ONLY}), so that it is
 * the same in every step. It cannot be serialized, so it never travels; where its executor dies, it is built again from
 * the examples.
 */
final class PartitionReplicas {
    private final SliceGroup group;
    private final ReentrantLock inUse = new ReentrantLock();
    private EndpointClient endpoint;
    private Optimizer optimizer;

    /** @param first number of the first slice here */
    PartitionReplicas(
            NetworkSpec network, ReplicaSettings settings, String blasName, int first, List<DealtExamples> examples) {
        Blas blas = BlasLibrary.load(blasName);
        List<SliceExamples> slices = new ArrayList<>(examples);
        this.group = new SliceGroup(settings, first, slices, () -> network.network(blas));
    }

    /**
     * Makes the steps of an attempt, and returns the gradients of the slices here in the last of them. Waits until a
     * task of an earlier attempt has let go of the replicas.
     */
    GradientSum steps(AttemptSteps steps, int permits) throws InterruptedException {
        inUse.lockInterruptibly();
        try {
            if (endpoint == null) {
                endpoint = steps.endpoint().value().open();
            }
            EndpointAllReduce driver = new EndpointAllReduce(endpoint, steps.statisticsTimeout(), steps.attempt());
            long started = System.nanoTime();
            WeightsSource.TaskWeights weights = steps.weights().open(driver, this::optimizer);
            long received = System.nanoTime();
            try {
                return group.steps(
                                steps.attempt().step(),
                                steps.count(),
                                weights.first(),
                                permits,
                                driver,
                                weights.update())
                        .afterWeights(received - started);
            } catch (RefusedException e) {
                driver.refuse(e);
                throw e;
            }
        } finally {
            inUse.unlock();
        }
    }

    /** Returns one optimizer for all attempts, because making one takes time; each attempt restores its state. */
    private Optimizer optimizer(OptimizerConfig config) {
        if (optimizer == null) {
            optimizer = Optimizers.of(config, group.network());
        }
        return optimizer;
    }

    /** Returns the answer of the slices here to a question about all their examples. */
    <A> A infer(ModelPayload model, int permits, InferenceTask<A> task) throws InterruptedException {
        inUse.lockInterruptibly();
        try {
            return group.infer(model.weights(), model.buffers(), permits, task);
        } finally {
            inUse.unlock();
        }
    }
}
