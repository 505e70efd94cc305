package org.sparknorm.spark;

import java.time.Duration;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * What the tasks of one try at a step do.
 *
 * @param model null where the tasks ask the endpoint for the weights
 */
record StepTask(
        StatisticsAsk.Try attempt,
        Broadcast<ModelParcel> model,
        Broadcast<EndpointLine.Address> endpoint,
        Duration statisticsTimeout)
        implements BarrierStage.Task<Host, GradientParcel> {
    @Override
    public GradientParcel call(Host host) throws InterruptedException {
        return new GradientParcel(
                host.step(this, TaskContext.get().cpus()), endpoint.value().handover());
    }
}
