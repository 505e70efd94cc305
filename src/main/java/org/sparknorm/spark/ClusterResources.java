package org.sparknorm.spark;

import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;

/**
 * The resources that a run computes with.
 *
 * @param partitions P
 * @param slots tasks that can run at once
 * @param agreement on the BLAS
 */
public record ClusterResources(int partitions, int slots, BlasAgreement agreement) {
    /**
     * Waits for executors, and chooses the partitions and the BLAS.
     *
     * @param blas the one to take if all can load it; null for the best
     * @throws RefusedException if there are fewer slots than partitions
     */
    public static ClusterResources of(JavaSparkContext spark, RunConfig config, String blas)
            throws InterruptedException {
        int slots = Slots.awaitStart(spark.sc(), config.slotsTimeout());
        if (slots == 0) {
            throw new RefusedException(
                    "no executor came within slots-timeout = "
                            + config.slotsTimeout().toSeconds() + " s",
                    "check that the cluster has free cores and memory, or raise slots-timeout");
        }
        int partitions = partitionsOf(config, slots);
        return new ClusterResources(partitions, slots, BlasAgreement.reach(spark, partitions, blas));
    }

    /** The name of the BLAS that all participants use. */
    public String blas() {
        return agreement.blas();
    }

    /** On the same slots for another configuration. */
    public ClusterResources with(RunConfig config) {
        return new ClusterResources(partitionsOf(config, slots), slots, agreement);
    }

    private static int partitionsOf(RunConfig config, int slots) {
        int partitions = config.partitions().or(Math.min(slots, config.slices()));
        if (partitions > slots) {
            throw new RefusedException(
                    "partitions = " + partitions + ", but only " + slots + " tasks can run at once",
                    "lower partitions, or give the application more cores");
        }
        return partitions;
    }
}
