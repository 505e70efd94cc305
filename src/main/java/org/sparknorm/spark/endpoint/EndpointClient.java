package org.sparknorm.spark.endpoint;

import java.io.Serializable;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.RpcAddress;
import org.apache.spark.rpc.RpcCallContext;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcTimeout;
import org.apache.spark.util.RpcUtils;
import org.sparknorm.spark.shim.Unchecked;
import scala.concurrent.duration.FiniteDuration;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** A task's way to the driver's {@link StatisticsEndpoint}. */
@FunctionalInterface
public interface EndpointClient {
    /** Blocks until the endpoint has answered. Fails as the endpoint says, or when the timeout has passed. */
    Object ask(Serializable message, Duration timeout) throws InterruptedException;

    /**
     * Where the endpoint of a run is, for its tasks: a name in Spark's RPC and, within the driver's process, where nothing
     * that is broadcast is copied, the endpoint itself.
     */
    record Address(String name, InProcess inProcess) implements Serializable {
        public Address(String name, StatisticsEndpoint endpoint) {
            this(name, new InProcess(endpoint));
        }

        public EndpointClient open() {
            return inProcess.endpoint == null ? remote() : new DirectLine(inProcess.endpoint);
        }

        /** Where sums of gradients are handed over within the driver's process; null elsewhere. */
        public GradientPayload.Handover handover() {
            return inProcess.handover;
        }

        private EndpointClient remote() {
            SparkEnv spark = SparkEnv.get();
            return rpc(RpcUtils.makeDriverRef(name, spark.conf(), spark.rpcEnv()));
        }
    }

    /** Loses all it holds wherever it is copied. */
    final class InProcess implements Serializable {
        private final transient StatisticsEndpoint endpoint;
        private final transient GradientPayload.Handover handover;

        InProcess(StatisticsEndpoint endpoint) {
            this.endpoint = endpoint;
            this.handover = new GradientPayload.Handover();
        }
    }

    /** Over Spark's own connections. */
    static EndpointClient rpc(RpcEndpointRef endpoint) {
        ClassTag<Object> anyClass = ClassTag$.MODULE$.apply(Object.class);
        return (message, timeout) -> {
            RpcTimeout rpcTimeout = new RpcTimeout(FiniteDuration.fromNanos(timeout.toNanos()), "statistics-timeout");
            return rpcTimeout.awaitResult(endpoint.ask(message, rpcTimeout, anyClass));
        };
    }

    /**
     * A method call. The last to ask computes the answer on its own thread, so the others give way before they sleep: a
     * sleeping core takes longer to wake than the answer takes to come.
     */
    final class DirectLine implements EndpointClient {
        private static final Duration AWAKE = Duration.ofNanos(300_000);

        private final StatisticsEndpoint endpoint;

        DirectLine(StatisticsEndpoint endpoint) {
            this.endpoint = endpoint;
        }

        @Override
        @SuppressWarnings("ThreadPriorityCheck") // a matter of time alone; the wait behind it is right without
        public Object ask(Serializable message, Duration timeout) throws InterruptedException {
            Call call = new Call(endpoint.rpcEnv().address());
            endpoint.receiveAndReply(call).apply(message);
            long asleepFrom = System.nanoTime() + AWAKE.toNanos();
            while (!call.answer.isDone() && System.nanoTime() < asleepFrom) {
                Thread.yield();
            }
            try {
                return call.answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                throw Unchecked.sneak(e.getCause());
            } catch (TimeoutException e) {
                throw Unchecked.sneak(e);
            }
        }

        private record Call(RpcAddress senderAddress, CompletableFuture<Object> answer) implements RpcCallContext {
            Call(RpcAddress senderAddress) {
                this(senderAddress, new CompletableFuture<>());
            }

            @Override
            public void reply(Object response) {
                answer.complete(response);
            }

            @Override
            public void sendFailure(Throwable failure) {
                answer.completeExceptionally(failure);
            }
        }
    }
}
