package org.sparknorm.train;

/**
 * Where a task's time in a step went, in nanoseconds on its own clock.
 *
 * @param total from its begin to its last gradient
 * @param weights until it had them
 * @param input until the examples of its slices were read
 * @param statistics in which all its slices waited for those of others
 */
public record TaskTimes(long total, long weights, long input, long statistics) {
    static final TaskTimes NONE = new TaskTimes(0, 0, 0, 0);

    /** All slices meet in every sum and end together: the others waited for the task that had the most to do. */
    TaskTimes busier(TaskTimes other) {
        return other.total - other.statistics > total - statistics ? other : this;
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
