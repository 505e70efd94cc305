package org.sparknorm.spark;

import java.time.Duration;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.sparknorm.config.OptimizerConfig;
import org.sparknorm.spark.endpoint.EndpointClient;
import org.sparknorm.spark.endpoint.GradientPayload;
import org.sparknorm.spark.endpoint.ModelPayload;
import org.sparknorm.spark.endpoint.StatisticsRequest;
import org.sparknorm.spark.shim.BarrierStage;

/**
 * What the tasks of one try at a job do: its steps, and between them the driver's updates once more, where they do not read
 * the driver's own weights.
 *
 * @param learningRates of each step
 * @param model null where the tasks ask the endpoint for the weights
 */
record StepTask(
        StatisticsRequest.Try attempt,
        double[] learningRates,
        OptimizerConfig optimizer,
        Broadcast<ModelPayload> model,
        Broadcast<EndpointClient.Address> endpoint,
        Duration statisticsTimeout)
        implements BarrierStage.Task<PartitionReplicas, GradientPayload> {
    @Override
    public GradientPayload call(PartitionReplicas host) throws InterruptedException {
        return new GradientPayload(
                host.steps(this, TaskContext.get().cpus()), endpoint.value().handover());
    }

    int count() {
        return learningRates.length;
    }

    double learningRate(long step) {
        return learningRates[(int) (step - attempt.step())];
    }
}
