package org.sparknorm.spark;

import java.time.Duration;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.sparknorm.spark.endpoint.Attempt;
import org.sparknorm.spark.endpoint.EndpointAddress;
import org.sparknorm.spark.endpoint.GradientPayload;
import org.sparknorm.spark.shim.BarrierStage;

/**
 * Makes the steps of an attempt in one task.
 *
 * @param steps how many the job has
 */
record StepTask(
        Attempt attempt,
        int steps,
        WeightsSource weights,
        Broadcast<EndpointAddress> endpoint,
        Duration statisticsTimeout)
        implements BarrierStage.Task<PartitionReplicas, GradientPayload> {
    @Override
    public GradientPayload call(PartitionReplicas replicas) throws InterruptedException {
        return new GradientPayload(
                replicas.steps(this, TaskContext.get().cpus()), endpoint.value().handover());
    }
}
