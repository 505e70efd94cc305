package org.sparknorm.train;

/**
 * Where the wall-clock time of a step went, in seconds; the parts add up to it. The first three and the tasks' share of the
 * fourth are those of the task that had the most to do, for which the others waited.
 *
 * @param input reading examples, as far as it was not done while the step before was computed
 * @param compute forward and backward
 * @param statistics waiting for the statistics of other tasks
 * @param broadcast the weights' way to the tasks
 * @param aggregation the rest: starting the tasks, the gradients' way to the driver and, where there was such, dealing
 *     anew and tries that failed
 * @param optimizer the driver's update, its look at every number of the gradient included
 */
public record StepTimes(
        double input, double compute, double statistics, double broadcast, double aggregation, double optimizer) {
    private static final double NANOS_A_SECOND = 1e9;

    /** @param broadcast of the driver's */
    static StepTimes of(TaskTimes task, long total, long broadcast, long optimizer) {
        long weights = task.weights() + broadcast;
        long rest = total - task.input() - task.compute() - task.statistics() - weights - optimizer;
        return new StepTimes(
                task.input() / NANOS_A_SECOND,
                task.compute() / NANOS_A_SECOND,
                task.statistics() / NANOS_A_SECOND,
                weights / NANOS_A_SECOND,
                Math.max(0, rest) / NANOS_A_SECOND,
                optimizer / NANOS_A_SECOND);
    }
}
