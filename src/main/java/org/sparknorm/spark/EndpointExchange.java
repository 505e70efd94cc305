package org.sparknorm.spark;

import java.io.Serializable;
import java.time.Duration;
import org.sparknorm.config.RefusedException;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.sync.Exchange;
import org.sparknorm.sync.TreeSum;

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

    /** All weights of the try; shared within the process, read-only. */
    float[] weights() throws InterruptedException {
        Object answer = ask(new WeightsAsk(attempt));
        return answer instanceof byte[] bytes ? ArrayKind.FLOATS.fromBytes(bytes) : (float[]) answer;
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
