package org.sparknorm.spark;

import java.time.Duration;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.sparknorm.train.GradientSum;

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
        implements BarrierStage.Task<Host, GradientSum> {
    @Override
    public GradientSum call(Host host) throws InterruptedException {
        return host.step(this, TaskContext.get().cpus());
    }
}
