package org.sparknorm.train;

/**
 * Where a task's time in a step went, in nanoseconds on its own clock.
 *
 * @param total from its beginning to its last gradient
 * @param weights until it had the weights
 * @param input until the examples of its slices were read
 * @param statistics in which all its slices waited for the statistics of others
 * @param shortest the total of the task that began last: the others waited for it, for all tasks end together
 */
public record TaskTimes(long total, long weights, long input, long statistics, long shortest) {
    /** The times of no task; neutral for {@link #busier}. */
    static final TaskTimes NONE = new TaskTimes(0, 0, 0, 0, Long.MAX_VALUE);

    /** The times of no step; neutral for {@link #plus}. */
    static final TaskTimes ZERO = new TaskTimes(0, 0, 0);

    TaskTimes(long total, long input, long statistics) {
        this(total, 0, input, statistics, total);
    }

    /**
     * Returns the times of the task that had more to do. All slices take part in every sum, so the other waited for it.
     */
    TaskTimes busier(TaskTimes other) {
        TaskTimes busier = other.total - other.statistics > total - statistics ? other : this;
        return new TaskTimes(
                busier.total, busier.weights, busier.input, busier.statistics, Math.min(shortest, other.shortest));
    }

    /** Returns the times of a task that waited for the weights before. */
    TaskTimes afterWeights(long nanos) {
        return new TaskTimes(total + nanos, weights + nanos, input, statistics, shortest + nanos);
    }

    /** Returns the times of both steps. */
    TaskTimes plus(TaskTimes other) {
        return new TaskTimes(
                total + other.total,
                weights + other.weights,
                input + other.input,
                statistics + other.statistics,
                shortest + other.shortest);
    }

    /** Returns what is left: forward and backward. */
    long compute() {
        return Math.max(0, total - weights - input - statistics);
    }

    /** Returns the wait for statistics without the time in which some task had not begun. */
    long statisticsOfAll() {
        return Math.max(0, statistics - (total - shortest));
    }
}
