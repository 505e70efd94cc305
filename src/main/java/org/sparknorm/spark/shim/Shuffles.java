package org.sparknorm.spark.shim;

import java.util.HashSet;
import java.util.Set;
import org.apache.spark.MapOutputTrackerMaster;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Removes the files of a step's shuffle with the step. Spark would do so once the garbage of the driver is collected,
 * which, for the driver of large gradients, may be after the disks are full.
 */
public final class Shuffles {
    private final SparkContext spark;
    private final Set<Object> before;

    /** Keeps the shuffles that there are now. */
    public Shuffles(SparkContext spark) {
        this.spark = spark;
        this.before = new HashSet<>(all());
    }

    private static Set<Object> all() {
        MapOutputTrackerMaster tracker = (MapOutputTrackerMaster) SparkEnv.get().mapOutputTracker();
        return CollectionConverters.asJava(tracker.shuffleStatuses()).keySet();
    }

    /** Removes all others. Returns at once; executors remove their files meanwhile. */
    public void dropNew() {
        if (spark.isStopped() || spark.cleaner().isEmpty()) {
            return;
        }
        Set<Object> now = new HashSet<>(all());
        now.removeAll(before);
        now.forEach(shuffle -> spark.cleaner().get().doCleanupShuffle((int) shuffle, false));
    }
}
