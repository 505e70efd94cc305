package org.sparknorm.spark;

import java.io.Serializable;
import java.time.Duration;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcTimeout;
import org.apache.spark.util.RpcUtils;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.sync.Exchange;
import org.sparknorm.sync.TreeSum;
import scala.concurrent.Future;
import scala.concurrent.duration.FiniteDuration;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** A task's side of statistics sums: asks the driver's {@link StatisticsEndpoint}, over Spark's own connections. */
final class EndpointExchange implements Exchange {
    /** The endpoint gives up first and can say which slices are missing; the asker only if the driver is silent. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final Duration AWAKE = Duration.ofNanos(300_000);

    private final RpcEndpointRef endpoint;
    private final RpcTimeout timeout;
    private final StatisticsAsk.Try attempt;
    private final boolean inDriver;

    EndpointExchange(RpcEndpointRef endpoint, Duration timeout, StatisticsAsk.Try attempt) {
        this.endpoint = endpoint;
        this.timeout =
                new RpcTimeout(FiniteDuration.fromNanos(timeout.plus(GRACE).toNanos()), "statistics-timeout");
        this.attempt = attempt;
        this.inDriver = SparkEnv.get().rpcEnv().address() != null
                && SparkEnv.get().rpcEnv().address().equals(endpoint.address());
    }

    /** The driver's endpoint of that name, as seen from this process. */
    static RpcEndpointRef find(String name) {
        SparkEnv spark = SparkEnv.get();
        return RpcUtils.makeDriverRef(name, spark.conf(), spark.rpcEnv());
    }

    /** All weights of the try; shared within the process, read-only. */
    float[] weights() {
        Object answer = ask(new WeightsAsk(attempt));
        return answer instanceof byte[] bytes ? ArrayKind.FLOATS.fromBytes(bytes) : (float[]) answer;
    }

    @Override
    @SuppressWarnings("unchecked") // the endpoint answers with the sum of what it was given
    public <A> A complete(String name, TreeSum<A> part) {
        if (part.isComplete()) {
            return part.root();
        }
        return (A) ask(new StatisticsAsk(attempt, name, part));
    }

    /**
     * Within the driver's process gives way before it sleeps: a sleeping core takes longer to wake than the answer takes to
     * come. From another process it made no measurable difference, and it sleeps.
     */
    @SuppressWarnings("ThreadPriorityCheck") // a matter of time alone; the wait behind it is right without
    private Object ask(Serializable message) {
        ClassTag<Object> anyClass = ClassTag$.MODULE$.apply(Object.class);
        Future<Object> answer = endpoint.ask(message, timeout, anyClass);
        long asleepFrom = System.nanoTime() + AWAKE.toNanos();
        while (inDriver && !answer.isCompleted() && System.nanoTime() < asleepFrom) {
            Thread.yield();
        }
        return timeout.awaitResult(answer);
    }
}
