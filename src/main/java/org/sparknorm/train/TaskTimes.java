package org.sparknorm.train;

import java.io.Serializable;

/**
 * Where a task's time in a step went, in nanoseconds on its own clock.
 *
 * @param total from its begin to its last gradient
 * @param weights until it had them
 * @param input until the examples of its slices were read
 * @param statistics in which all its slices waited for those of others
 */
public record TaskTimes(long total, long weights, long input, long statistics) implements Serializable {
    static final TaskTimes NONE = new TaskTimes(0, 0, 0, 0);

    /** All slices meet in every sum: the task that took longest is the one that the step waited for. */
    TaskTimes longer(TaskTimes other) {
        return other.total > total ? other : this;
    }

    /** Of a task that asked for the weights before. */
    TaskTimes afterWeights(long nanos) {
        return new TaskTimes(total + nanos, weights + nanos, input, statistics);
    }

    /** What is left: forward and backward. */
    long compute() {
        return Math.max(0, total - weights - input - statistics);
    }
}
