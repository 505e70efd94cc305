package org.sparknorm.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.sparknorm.config.RefusedException;
import org.sparknorm.sync.TreeSum;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.BlasLibrary;
import org.sparknorm.train.GradientSum;
import org.sparknorm.train.Scores;
import org.sparknorm.train.SliceExamples;
import org.sparknorm.train.SliceGroup;
import org.sparknorm.train.TrainingSetup;
import org.sparknorm.train.Unit;

/**
 * The one element of a partition of the dealt data: the examples of its slices and their replicas. The only thing that
 * outlives a step on an executor. Cached as an object ({@code MEMORY_ONLY}), it is the same in every step; it cannot be
 * serialized, so it never travels, and is built again from the dealt examples where its executor dies.
 */
final class Host {
    private final SliceGroup group;
    private final ReentrantLock inUse = new ReentrantLock();
    private EndpointLine endpoint;

    /** @param first number of the first slice here */
    Host(RunSetup run, TrainingSetup setup, String blasName, int first, List<DealtExamples> examples) {
        Blas blas = BlasLibrary.load(blasName);
        List<SliceExamples> slices = new ArrayList<>(examples);
        this.group = new SliceGroup(setup, first, slices, () -> run.network(blas));
    }

    /** The gradients of the slices here. Waits until a task of an earlier try has let go of the replicas. */
    GradientSum step(StepTask task, int permits) throws InterruptedException {
        inUse.lockInterruptibly();
        try {
            if (endpoint == null) {
                endpoint = task.endpoint().value().open();
            }
            EndpointExchange exchange = new EndpointExchange(endpoint, task.statisticsTimeout(), task.attempt());
            long started = System.nanoTime();
            float[] weights = task.model() == null
                    ? exchange.weights()
                    : task.model().value().weights();
            long received = System.nanoTime();
            try {
                return group.step(task.attempt().step(), weights, permits, exchange)
                        .afterWeights(received - started);
            } catch (RefusedException e) {
                exchange.refuse(e);
                throw e;
            }
        } finally {
            inUse.unlock();
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

    TreeSum<double[]> histogram(ModelParcel model, int permits, String layer) throws InterruptedException {
        inUse.lockInterruptibly();
        try {
            return group.histogram(model.weights(), model.buffers(), permits, layer);
        } finally {
            inUse.unlock();
        }
    }

    float[] values(float[] weights, float[] buffers, int permits, Unit unit) throws InterruptedException {
        inUse.lockInterruptibly();
        try {
            return group.values(weights, buffers, permits, unit);
        } finally {
            inUse.unlock();
        }
    }

    <T> SliceGroup.Predicted<T> predict(ModelParcel model, int permits, int crops, Function<Scores, T> keep)
            throws InterruptedException {
        inUse.lockInterruptibly();
        try {
            return group.predict(model.weights(), model.buffers(), permits, crops, keep);
        } finally {
            inUse.unlock();
        }
    }
}
