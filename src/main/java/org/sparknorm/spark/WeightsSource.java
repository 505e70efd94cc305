package org.sparknorm.spark;

import java.io.Serializable;
import java.util.function.Function;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.sparknorm.config.OptimizerConfig;
import org.sparknorm.optim.Optimizer;
import org.sparknorm.spark.endpoint.EndpointAllReduce;
import org.sparknorm.spark.endpoint.FloatsPayload;
import org.sparknorm.spark.endpoint.TrainingPayload;
import org.sparknorm.train.TrainingState;
import org.sparknorm.train.WeightUpdate;

/**
 * Says where the tasks of an attempt get the weights of its first step from, and how they come to those of the next.
 */
sealed interface WeightsSource extends Serializable {
    /**
     * The weights of a task.
     *
     * @param first those of the first step; the update changes them
     * @param update between two steps
     */
    record TaskWeights(float[] first, WeightUpdate update) {
        private static TaskWeights ofOneStep(float[] weights) {
            return new TaskWeights(weights, (step, part) -> {
                throw new IllegalStateException("step " + step + " was to be the last with these weights");
            });
        }
    }

    /**
     * Reports to the driver that the task has begun, and returns when the weights are there.
     *
     * @param optimizers gives the task an optimizer of its own, where it needs one
     */
    TaskWeights open(EndpointAllReduce driver, Function<OptimizerConfig, Optimizer> optimizers)
            throws InterruptedException;

    /** Frees what the driver holds for the tasks. */
    default void destroy() {}

    /** In local mode: tasks read the driver's own weights, which it updates between two steps. */
    record InProcess() implements WeightsSource {
        @Override
        public TaskWeights open(EndpointAllReduce driver, Function<OptimizerConfig, Optimizer> optimizers)
                throws InterruptedException {
            return new TaskWeights(driver.beginWithDriversWeights(), (step, part) -> driver.addGradients(part));
        }
    }

    /** For one step with few weights: each task asks the driver for them. */
    record Requested() implements WeightsSource {
        /**
         * Above this size it takes longer to send them to every task than to broadcast them, which costs a millisecond.
         */
        static final long MOST_BYTES = 1 << 20;

        @Override
        public TaskWeights open(EndpointAllReduce driver, Function<OptimizerConfig, Optimizer> optimizers)
                throws InterruptedException {
            return TaskWeights.ofOneStep(driver.beginWithCopyOfWeights());
        }
    }

    /** For one step with many weights: they are broadcast, and the tasks of a process share them. */
    record BroadcastOnce(Broadcast<FloatsPayload> weights) implements WeightsSource {
        @Override
        public TaskWeights open(EndpointAllReduce driver, Function<OptimizerConfig, Optimizer> optimizers)
                throws InterruptedException {
            driver.begin();
            return TaskWeights.ofOneStep(weights.value().values());
        }

        @Override
        public void destroy() {
            weights.destroy();
        }
    }

    /**
     * For several steps: weights and the optimizer's state are broadcast, and each task updates a copy of its own, as
     * the driver updates its weights.
     *
     * @param first of the steps
     * @param learningRates of each step
     */
    record BroadcastWithOptimizer(
            Broadcast<TrainingPayload> state, OptimizerConfig optimizer, long first, double[] learningRates)
            implements WeightsSource {
        @Override
        public TaskWeights open(EndpointAllReduce driver, Function<OptimizerConfig, Optimizer> optimizers)
                throws InterruptedException {
            driver.begin();
            float[] weights = state.value().weights().values().clone();
            float[] gradient = new float[weights.length];
            Optimizer own = optimizers.apply(optimizer);
            own.restore(state.value().optimizer());
            return new TaskWeights(weights, (step, part) -> {
                driver.sumGradients(part, gradient);
                own.step(weights, gradient, learningRates[(int) (step - first)]);
            });
        }

        @Override
        public void destroy() {
            state.destroy();
        }
    }

    /** The source that is the fastest for an attempt. */
    static WeightsSource of(
            JavaSparkContext spark,
            TrainingState state,
            OptimizerConfig optimizer,
            long first,
            double[] learningRates) {
        if (spark.sc().isLocal()) {
            return new InProcess();
        }
        if (learningRates.length > 1) {
            return new BroadcastWithOptimizer(
                    spark.broadcast(TrainingPayload.of(state)), optimizer, first, learningRates);
        }
        boolean few = (long) state.weights().length * Float.BYTES <= Requested.MOST_BYTES;
        return few ? new Requested() : new BroadcastOnce(spark.broadcast(new FloatsPayload(state.weights())));
    }
}
