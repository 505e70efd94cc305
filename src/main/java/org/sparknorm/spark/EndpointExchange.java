package org.sparknorm.spark;

import java.io.Serializable;
import java.time.Duration;
import org.sparknorm.config.RefusedException;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.sync.Exchange;
import org.sparknorm.sync.TreeSum;
import org.sparknorm.train.GradientSum;

/** A task's side of statistics sums: asks the driver's {@link StatisticsEndpoint}. */
final class EndpointExchange implements Exchange {
    /** The endpoint gives up first and can say which slices are missing; the asker only if the driver is silent. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final EndpointLine endpoint;
    private final Duration timeout;
    private final StatisticsAsk.Try attempt;

    EndpointExchange(EndpointLine endpoint, Duration timeout, StatisticsAsk.Try attempt) {
        this.endpoint = endpoint;
        this.timeout = timeout.plus(GRACE);
        this.attempt = attempt;
    }

    /** Tells the driver that this task has begun. The weights, shared within the process and read-only; none if they were broadcast. */
    float[] begin() throws InterruptedException {
        Object answer = ask(new WeightsAsk(attempt));
        return answer instanceof byte[] bytes ? ArrayKind.FLOATS.fromBytes(bytes) : (float[]) answer;
    }

    /**
     * The sum of the gradients of a step over all slices; none where the driver has updated the weights that this task reads.
     *
     * @param buffer for the sum
     */
    float[] gradient(long step, GradientSum part, float[] buffer) throws InterruptedException {
        Object answer = ask(new GradientAsk(attempt, step, part));
        return answer instanceof byte[] bytes ? ArrayKind.FLOATS.fromBytes(bytes, buffer) : (float[]) answer;
    }

    /** Tells the driver why this task is about to fail. */
    void refuse(RefusedException refusal) throws InterruptedException {
        ask(new RefusalNote(attempt, refusal));
    }

    @Override
    @SuppressWarnings("unchecked") // the endpoint answers with the sum of what it was given
    public <A> A complete(String name, TreeSum<A> part) throws InterruptedException {
        if (part.isComplete()) {
            return part.root();
        }
        return (A) ask(new StatisticsAsk(attempt, name, part));
    }

    private Object ask(Serializable message) throws InterruptedException {
        return endpoint.ask(message, timeout);
    }
}
