package org.sparknorm.spark.endpoint;

import java.io.Serializable;
import java.time.Duration;
import org.sparknorm.config.RefusedException;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.sync.RemoteAllReduce;
import org.sparknorm.sync.TreeSum;
import org.sparknorm.train.GradientSum;

/** A task's side of statistics sums: asks the driver's {@link StatisticsEndpoint}. */
public final class EndpointAllReduce implements RemoteAllReduce {
    /** The endpoint gives up first and can say which slices are missing; the asker only if the driver is silent. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final EndpointClient endpoint;
    private final Duration timeout;
    private final StatisticsRequest.Try attempt;

    public EndpointAllReduce(EndpointClient endpoint, Duration timeout, StatisticsRequest.Try attempt) {
        this.endpoint = endpoint;
        this.timeout = timeout.plus(GRACE);
        this.attempt = attempt;
    }

    /** Tells the driver that this task has begun. The weights, shared within the process and read-only; none if they were broadcast. */
    public float[] begin() throws InterruptedException {
        Object answer = ask(new WeightsRequest(attempt));
        return answer instanceof byte[] bytes ? ArrayKind.FLOATS.fromBytes(bytes) : (float[]) answer;
    }

    /**
     * The sum of the gradients of a step over all slices; none where the driver has updated the weights that this task reads.
     *
     * @param buffer for the sum
     */
    public float[] gradient(long step, GradientSum part, float[] buffer) throws InterruptedException {
        Object answer = ask(new GradientRequest(attempt, step, part));
        return answer instanceof byte[] bytes ? ArrayKind.FLOATS.fromBytes(bytes, buffer) : (float[]) answer;
    }

    /** Tells the driver why this task is about to fail. */
    public void refuse(RefusedException refusal) throws InterruptedException {
        ask(new RefusalMessage(attempt, refusal));
    }

    @Override
    public double[] sum(String name, TreeSum<double[]> part) throws InterruptedException {
        if (part.isComplete()) {
            return part.root();
        }
        return (double[]) ask(new StatisticsRequest(attempt, name, part));
    }

    private Object ask(Serializable message) throws InterruptedException {
        return endpoint.ask(message, timeout);
    }
}
