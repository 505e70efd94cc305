package org.sparknorm.spark.endpoint;

import java.time.Duration;
import org.sparknorm.config.RefusedException;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.sync.RemoteAllReduce;
import org.sparknorm.sync.TreeSum;
import org.sparknorm.train.GradientSum;

/**
 * Asks the {@link DriverEndpoint} on behalf of one task of an attempt. Every method blocks until the answer is there.
 */
public final class EndpointAllReduce implements RemoteAllReduce {
    /** The endpoint gives up first and can say which slices are missing; the task only if the driver is silent. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final EndpointClient endpoint;
    private final Duration timeout;
    private final Attempt attempt;

    public EndpointAllReduce(EndpointClient endpoint, Duration timeout, Attempt attempt) {
        this.endpoint = endpoint;
        this.timeout = timeout.plus(GRACE);
        this.attempt = attempt;
    }

    /** Reports that this task has begun. */
    public void begin() throws InterruptedException {
        ask(new TaskMessage.Begin(attempt));
    }

    /**
     * Reports that this task has begun, and returns the driver's own weights: only in the driver's process, read-only.
     */
    public float[] beginWithDriversWeights() throws InterruptedException {
        return (float[]) ask(new TaskMessage.WeightsRequest(attempt, true));
    }

    /** Reports that this task has begun, and returns a copy of the driver's weights. */
    public float[] beginWithCopyOfWeights() throws InterruptedException {
        return ArrayKind.FLOATS.fromBytes((byte[]) ask(new TaskMessage.WeightsRequest(attempt, false)));
    }

    @Override
    public double[] sum(String name, TreeSum<double[]> part) throws InterruptedException {
        if (part.isComplete()) {
            return part.root();
        }
        return (double[]) ask(new TaskMessage.StatisticsRequest(attempt, name, part));
    }

    /** Hands in the gradients of a step, and returns when the driver has updated its own weights. */
    public void addGradients(GradientSum part) throws InterruptedException {
        ask(new TaskMessage.GradientRequest(attempt, part, false));
    }

    /** Hands in the gradients of a step, and writes their sum over all slices to the array given. */
    public void sumGradients(GradientSum part, float[] sum) throws InterruptedException {
        byte[] bytes = (byte[]) ask(new TaskMessage.GradientRequest(attempt, part, true));
        ArrayKind.FLOATS.fromBytes(bytes, sum);
    }

    /** Reports why this task is about to fail. */
    public void refuse(RefusedException cause) throws InterruptedException {
        ask(new TaskMessage.Refusal(attempt, cause));
    }

    private Object ask(TaskMessage message) throws InterruptedException {
        return endpoint.ask(message, timeout);
    }
}
