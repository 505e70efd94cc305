package org.sparknorm.spark;

import org.apache.spark.SparkContext;
import org.apache.spark.network.util.JavaUtils;
import org.sparknorm.config.RefusedException;

/**
 * Spark ends a job whose results are more than {@code spark.driver.maxResultSize} together. The gradients of a step are known
 * before the first one: there is room for them, or, where the user has set the limit, the run is refused.
 */
final class ResultLimit {
    private static final String KEY = "spark.driver.maxResultSize";
    private static final String SPARKS_OWN = "1g";

    /** What comes with the gradients: statistics, accumulators, object headers. */
    private static final double ROOM = 1.1;

    private static final double MEBIBYTE = 1 << 20;

    private final SparkContext spark;

    ResultLimit(SparkContext spark) {
        this.spark = spark;
    }

    /**
     * @param most partitions that the run may come to have
     * @throws RefusedException if the limit is the user's, and too low
     */
    void makeRoom(SliceRuns runs, int most, long gradientBytes) {
        if (spark.isLocal()) {
            return; // gradients are handed over there
        }
        long needed = needed(runs, gradientBytes);
        long limit = JavaUtils.byteStringAsBytes(spark.conf().get(KEY, SPARKS_OWN));
        boolean isGiven = spark.conf().contains(KEY);
        if (isGiven && limit != 0 && needed > limit) {
            throw new RefusedException(
                    String.format(
                            "the %d partitions send %d gradients of %.0f MiB to the driver in every step, %s = %s",
                            runs.partitions(),
                            runs.nodesAtDriver(),
                            gradientBytes / MEBIBYTE,
                            KEY,
                            spark.conf().get(KEY)),
                    "leave it out, or set it to " + (long) Math.ceil(needed / MEBIBYTE) + "m");
        }
        long mostNeeded = needed(SliceRuns.of(runs.slices(), most, gradientBytes), gradientBytes);
        if (!isGiven && mostNeeded > limit) {
            spark.conf().set(KEY, mostNeeded + "b");
        }
    }

    private static long needed(SliceRuns runs, long gradientBytes) {
        return (long) (ROOM * runs.nodesAtDriver() * gradientBytes);
    }
}
