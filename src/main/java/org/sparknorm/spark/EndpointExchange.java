package org.sparknorm.spark;

import java.time.Duration;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcTimeout;
import org.apache.spark.util.RpcUtils;
import org.sparknorm.sync.Exchange;
import org.sparknorm.sync.TreeSum;
import scala.concurrent.duration.FiniteDuration;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** A task's side of statistics sums: asks the driver's {@link StatisticsEndpoint}, over Spark's own connections. */
final class EndpointExchange implements Exchange {
    /** The endpoint gives up first and can say which slices are missing; the asker only if the driver is silent. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final RpcEndpointRef endpoint;
    private final RpcTimeout timeout;
    private final StatisticsAsk.Try attempt;

    EndpointExchange(RpcEndpointRef endpoint, Duration timeout, StatisticsAsk.Try attempt) {
        this.endpoint = endpoint;
        this.timeout =
                new RpcTimeout(FiniteDuration.fromNanos(timeout.plus(GRACE).toNanos()), "statistics-timeout");
        this.attempt = attempt;
    }

    /** The driver's endpoint of that name, as seen from this process. */
    static RpcEndpointRef find(String name) {
        SparkEnv spark = SparkEnv.get();
        return RpcUtils.makeDriverRef(name, spark.conf(), spark.rpcEnv());
    }

    @Override
    public <A> A complete(String name, TreeSum<A> part) throws InterruptedException {
        if (part.isComplete()) {
            return part.root();
        }
        ClassTag<A> anyClass = ClassTag$.MODULE$.apply(Object.class);
        return endpoint.askSync(new StatisticsAsk(attempt, name, part), timeout, anyClass);
    }
}
