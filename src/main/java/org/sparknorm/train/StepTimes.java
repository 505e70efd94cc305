package org.sparknorm.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Where the wall-clock time of a step went, in seconds; the parts add up to it. In a job of several steps, each has an
 * equal share. The first three, and the tasks' share of the fourth, are those of the task that had the most to do: the
 * others waited for it.
 *
 * @param input reading examples, as far as it was not done while the step before was computed
 * @param compute forward and backward
 * @param statistics waiting for the statistics of other tasks
 * @param broadcast the weights' way to the tasks
 * @param scheduling until Spark had begun the last task
 * @param aggregation the rest: the gradients' way to their sum and, between the steps of a job, the sum's way back; the
 *     end of tasks and job; dealing anew and attempts that failed, where there were such
 * @param optimizer the driver's update, its look at every number of the gradient included
 */
public record StepTimes(
        double input,
        double compute,
        double statistics,
        double broadcast,
        double scheduling,
        double aggregation,
        double optimizer) {
    /**
     * Where the driver's time for the steps of a job went, in nanoseconds.
     *
     * @param broadcast until the weights were on their way
     * @param scheduling from there until the last task had begun
     */
    public record OfDriver(long broadcast, long scheduling) {
        static final OfDriver NONE = new OfDriver(0, 0);

        OfDriver plus(OfDriver other) {
            return new OfDriver(broadcast + other.broadcast, scheduling + other.scheduling);
        }
    }

    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    /** Returns nanoseconds as seconds. */
    public static double seconds(long nanos) {
        return nanos / NANOS_PER_SECOND;
    }

    /** Returns the parts by name, in the order of a step. */
    public Map<String, Double> parts() {
        Map<String, Double> parts = new LinkedHashMap<>();
        parts.put("input", input);
        parts.put("compute", compute);
        parts.put("statistics", statistics);
        parts.put("broadcast", broadcast);
        parts.put("scheduling", scheduling);
        parts.put("aggregation", aggregation);
        parts.put("optimizer", optimizer);
        return parts;
    }

    /** @param total of all steps, as the other times are */
    static StepTimes shareOf(int steps, long total, TaskTimes task, OfDriver job, long optimizer) {
        long weights = task.weights() + job.broadcast();
        long statistics = task.statisticsOfAll();
        long rest = Math.max(0, total - task.input() - task.compute() - statistics - weights - optimizer);
        long scheduling = Math.min(job.scheduling(), rest);
        double share = NANOS_PER_SECOND * steps;
        return new StepTimes(
                task.input() / share,
                task.compute() / share,
                statistics / share,
                weights / share,
                scheduling / share,
                (rest - scheduling) / share,
                optimizer / share);
    }
}
