package org.sparknorm.spark.endpoint;

import java.io.Serializable;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.rpc.RpcAddress;
import org.apache.spark.rpc.RpcCallContext;
import org.sparknorm.spark.shim.Unchecked;

/**
 * Connects a task in the driver's process to the endpoint, by a method call. The last task of a sum computes the answer
 * on its own thread, so the others yield before they sleep: a sleeping core takes longer to wake than the answer takes
 * to come.
 */
final class DirectClient implements EndpointClient {
    private static final Duration AWAKE = Duration.ofNanos(300_000);

    private final DriverEndpoint endpoint;

    DirectClient(DriverEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // a matter of time alone; the wait after it is right without
    public Object ask(Serializable message, Duration timeout) throws InterruptedException {
        Call call = new Call(endpoint.rpcEnv().address(), new CompletableFuture<>());
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
