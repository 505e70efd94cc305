package org.sparknorm.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.sparknorm.config.RefusedException;
import org.sparknorm.optim.Optimizer;
import org.sparknorm.spark.endpoint.EndpointAllReduce;
import org.sparknorm.spark.endpoint.EndpointClient;
import org.sparknorm.spark.endpoint.ModelPayload;
import org.sparknorm.sync.TreeSum;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.BlasLibrary;
import org.sparknorm.train.ChannelId;
import org.sparknorm.train.GradientSum;
import org.sparknorm.train.ReplicaSettings;
import org.sparknorm.train.Scores;
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
    private float[] gradient;

    /** @param first number of the first slice here */
    PartitionReplicas(
            NetworkSpec run, ReplicaSettings setup, String blasName, int first, List<DealtExamples> examples) {
        this.run = run;
        Blas blas = BlasLibrary.load(blasName);
        List<SliceExamples> slices = new ArrayList<>(examples);
        this.group = new SliceGroup(setup, first, slices, () -> run.network(blas));
    }

    /**
     * The steps of a task, and the gradients of the slices here in the last of them. Waits until a task of an earlier try has
     * let go of the replicas.
     */
    GradientSum steps(StepTask task, int permits) throws InterruptedException {
        inUse.lockInterruptibly();
        try {
            if (endpoint == null) {
                endpoint = task.endpoint().value().open();
            }
            EndpointAllReduce exchange = new EndpointAllReduce(endpoint, task.statisticsTimeout(), task.attempt());
            long started = System.nanoTime();
            float[] given = exchange.begin();
            float[] weights = task.model() == null ? given : ownWeights(task);
            long received = System.nanoTime();
            try {
                return group.steps(
                                task.attempt().step(),
                                task.count(),
                                weights,
                                permits,
                                exchange,
                                (step, part) -> update(weights, exchange.gradient(step, part, gradient), task, step))
                        .afterWeights(received - started);
            } catch (RefusedException e) {
                exchange.refuse(e);
                throw e;
            }
        } finally {
            inUse.unlock();
        }
    }

    /** What was broadcast is shared by the tasks of a process: it is copied where it is to change. */
    private float[] ownWeights(StepTask task) {
        ModelPayload parcel = task.model().value();
        if (task.count() == 1) {
            return parcel.weights();
        }
        if (optimizer == null) {
            optimizer = Optimizer.of(task.optimizer(), run.network(Blas.none()));
            gradient = new float[parcel.weights().length];
        }
        optimizer.restore(parcel.optimizer());
        return parcel.weights().clone();
    }

    /** As the driver does it, in its stead. */
    private void update(float[] weights, float[] sum, StepTask task, long step) {
        if (sum.length > 0) {
            optimizer.step(weights, sum, task.learningRate(step));
        }
    }

    TreeSum<double[]> evaluate(float[] weights, float[] buffers, int permits) throws InterruptedException {
        inUse.lockInterruptibly();
        try {
            return group.evaluate(weights, buffers, permits);
        } finally {
            inUse.unlock();
        }
    }

    TreeSum<double[]> histogram(ModelPayload model, int permits, String layer) throws InterruptedException {
        inUse.lockInterruptibly();
        try {
            return group.histogram(model.weights(), model.buffers(), permits, layer);
        } finally {
            inUse.unlock();
        }
    }

    float[] values(float[] weights, float[] buffers, int permits, ChannelId unit) throws InterruptedException {
        inUse.lockInterruptibly();
        try {
            return group.values(weights, buffers, permits, unit);
        } finally {
            inUse.unlock();
        }
    }

    <T> SliceGroup.Predicted<T> predict(ModelPayload model, int permits, int crops, Function<Scores, T> keep)
            throws InterruptedException {
        inUse.lockInterruptibly();
        try {
            return group.predict(model.weights(), model.buffers(), permits, crops, keep);
        } finally {
            inUse.unlock();
        }
    }
}
