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
 * The one element of a partition of the dealt data: the examples of its slices and their replicas. The only thing that
 * outlives a step on an executor. Cached as an object ({@code MEMORY_ONLY}), it is the same in every step; it cannot be
 * serialized, so it never travels, and is built again from the dealt examples where its executor dies.
 */
final class PartitionReplicas {
    private final NetworkSpec run;
    private final SliceGroup group;
    private final ReentrantLock inUse = new ReentrantLock();
    private EndpointClient endpoint;
    private Optimizer optimizer;

    /** @param first number of the first slice here */
    PartitionReplicas(
            NetworkSpec run, ReplicaSettings setup, String blasName, int first, List<DealtExamples> examples) {
        this.run = run;
        Blas blas = BlasLibrary.load(blasName);
        List<SliceExamples> slices = new ArrayList<>(examples);
        this.group = new SliceGroup(setup, first, slices, () -> run.network(blas));
    }

    /**
     * The steps of a task, and the gradients of the slices here in the last of them. Waits until a task of an earlier attempt has
     * let go of the replicas.
     */
    GradientSum steps(StepTask task, int permits) throws InterruptedException {
        inUse.lockInterruptibly();
        try {
            if (endpoint == null) {
                endpoint = task.endpoint().value().open();
            }
            EndpointAllReduce driver = new EndpointAllReduce(endpoint, task.statisticsTimeout(), task.attempt());
            long started = System.nanoTime();
            WeightsSource.TaskWeights weights = task.weights().open(driver, this::optimizer);
            long received = System.nanoTime();
            try {
                return group.steps(
                                task.attempt().step(), task.steps(), weights.first(), permits, driver, weights.update())
                        .afterWeights(received - started);
            } catch (RefusedException e) {
                driver.refuse(e);
                throw e;
            }
        } finally {
            inUse.unlock();
        }
    }

    /** The same for all tasks here, which restore its state: making one takes time. */
    private Optimizer optimizer(OptimizerConfig config) {
        if (optimizer == null) {
            optimizer = Optimizers.of(config, run.network(Blas.none()));
        }
        return optimizer;
    }

    /** The answer of the slices here to a question about all their examples. */
    <A> A infer(ModelPayload model, int permits, InferenceTask<A> task) throws InterruptedException {
        inUse.lockInterruptibly();
        try {
            return group.infer(model.weights(), model.buffers(), permits, task);
        } finally {
            inUse.unlock();
        }
    }
}
