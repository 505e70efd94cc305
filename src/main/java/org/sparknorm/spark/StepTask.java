package org.sparknorm.spark;

import java.time.Duration;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.sparknorm.config.OptimizerConfig;

/**
 * What the tasks of one try at a job do: its steps, and between them the driver's updates once more, where they do not read
 * the driver's own weights.
 *
 * @param learningRates of each step
 * @param model null where the tasks ask the endpoint for the weights
 */
record StepTask(
        StatisticsAsk.Try attempt,
        double[] learningRates,
        OptimizerConfig optimizer,
        Broadcast<ModelParcel> model,
        Broadcast<EndpointLine.Address> endpoint,
        Duration statisticsTimeout)
        implements BarrierStage.Task<Host, GradientParcel> {
    @Override
    public GradientParcel call(Host host) throws InterruptedException {
        return new GradientParcel(
                host.steps(this, TaskContext.get().cpus()), endpoint.value().handover());
    }

    int count() {
        return learningRates.length;
    }

    double learningRate(long step) {
        return learningRates[(int) (step - attempt.step())];
    }
}
