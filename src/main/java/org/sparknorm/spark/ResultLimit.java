package org.sparknorm.spark;

import java.util.Locale;
import org.apache.spark.SparkContext;
import org.apache.spark.network.util.ByteUnit;
import org.apache.spark.network.util.JavaUtils;
import org.sparknorm.config.RefusedException;

/**
 * Makes room for the gradients of a step. Spark ends a job whose results exceed {@code spark.driver.maxResultSize}
 * together; the size of a step's results is known before the first, so the limit is raised, or, if it is the user's,
 * the run refused.
 */
final class ResultLimit {
    private static final String KEY = "spark.driver.maxResultSize";
    /** What was set here for another run of the application is not the user's. */
    private static final String SET_HERE = "spark.sparknorm.maxResultSize";

    private static final String SPARKS_OWN = "1g";

    /** What comes with the gradients: statistics, accumulators, object headers. */
    private static final double ROOM = 1.1;

    private static final double MEBIBYTE = ByteUnit.MiB.toBytes(1);

    private ResultLimit() {}

    /**
     * Sets the limit of a context so that the gradients of a step fit. In local mode they are handed over and do not
     * count.
     *
     * @param most how many partitions the run may come to have
     * @throws RefusedException if the limit is the user's, and too low
     */
    static void makeRoom(SparkContext spark, SliceAssignment assignment, int most, long gradientBytes) {
        if (spark.isLocal()) {
            return;
        }
        String given = spark.conf().get(KEY, SPARKS_OWN);
        boolean isUsers =
                spark.conf().contains(KEY) && !given.equals(spark.conf().get(SET_HERE, ""));
        if (isUsers) {
            check(given, assignment, gradientBytes);
            return;
        }
        long needed = bytes(SliceAssignment.of(assignment.slices(), most, gradientBytes), gradientBytes);
        if (needed > JavaUtils.byteStringAsBytes(given)) {
            spark.conf().set(KEY, needed + "b");
            spark.conf().set(SET_HERE, needed + "b");
        }
    }

    /** @throws RefusedException if it is too low */
    static void check(String given, SliceAssignment assignment, long gradientBytes) {
        long limit = JavaUtils.byteStringAsBytes(given);
        long needed = bytes(assignment, gradientBytes);
        if (limit != 0 && needed > limit) {
            throw new RefusedException(
                    String.format(
                            Locale.ROOT,
                            "in every step %d gradients of %.1f MiB reach the driver from %d partitions, and %s = %s",
                            assignment.nodesAtDriver(),
                            gradientBytes / MEBIBYTE,
                            assignment.partitions(),
                            KEY,
                            given),
                    "leave it out, or set it to " + (long) Math.ceil(needed / MEBIBYTE) + "m or more");
        }
    }

    private static long bytes(SliceAssignment assignment, long gradientBytes) {
        return (long) (ROOM * assignment.nodesAtDriver() * gradientBytes);
    }
}
