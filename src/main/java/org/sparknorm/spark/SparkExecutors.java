package org.sparknorm.spark;

import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.spark.endpoint.DriverEndpoint;

/**
 * The executors of a Spark application.
 *
 * @param group the name of the run's jobs, which no other run has
 */
record SparkExecutors(JavaSparkContext spark, DriverEndpoint endpoint, DealtData data, String group)
        implements ExecutorControl {
    @Override
    public boolean isStopped() {
        return spark.sc().isStopped();
    }

    @Override
    public int slots() {
        return Slots.now(spark.sc());
    }

    @Override
    public boolean canLoadBlas(int slots) {
        return BlasAgreement.isEverywhere(spark, slots, data.blasName());
    }

    @Override
    public Set<String> late() {
        return spark.isLocal() ? Set.of() : data.executorsOf(endpoint.lateSlices());
    }

    @Override
    public boolean isThere(String executor) {
        return spark.sc().getExecutorIds().contains(executor);
    }

    @Override
    public boolean replace(String executor) {
        return spark.sc().killAndReplaceExecutor(executor);
    }

    @Override
    public void claimJobs() {
        spark.sc().setJobGroup(group, "", true);
    }

    @Override
    public void cancelJobs() {
        spark.sc().cancelJobGroup(group);
    }
}
