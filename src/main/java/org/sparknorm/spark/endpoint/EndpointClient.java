package org.sparknorm.spark.endpoint;

import java.io.Serializable;
import java.time.Duration;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcTimeout;
import scala.concurrent.duration.FiniteDuration;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** Connects a task to the {@link DriverEndpoint}. */
@FunctionalInterface
public interface EndpointClient {
    /** Blocks until the endpoint has answered. Fails as the endpoint says, or when the timeout has passed. */
    Object ask(Serializable message, Duration timeout) throws InterruptedException;

    /** A connection from another process, over Spark's RPC. */
    static EndpointClient rpc(RpcEndpointRef endpoint) {
        ClassTag<Object> anyClass = ClassTag$.MODULE$.apply(Object.class);
        return (message, timeout) -> {
            RpcTimeout rpcTimeout = new RpcTimeout(FiniteDuration.fromNanos(timeout.toNanos()), "statistics-timeout");
            return rpcTimeout.awaitResult(endpoint.ask(message, rpcTimeout, anyClass));
        };
    }
}
