package org.sparknorm.spark.endpoint;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.spark.rpc.IsolatedThreadSafeRpcEndpoint;
import org.apache.spark.rpc.RpcAddress;
import org.apache.spark.rpc.RpcCallContext;
import org.apache.spark.rpc.RpcEnv;
import org.sparknorm.config.RefusedException;
import org.sparknorm.sync.ArrayKind;
import scala.PartialFunction;
import scala.runtime.AbstractPartialFunction;
import scala.runtime.BoxedUnit;

/**
 * Answers, on the driver, what tasks send while they run: hands out the weights of the attempt in progress, and passes
 * requests on to its {@link StatisticsSums} and {@link GradientSteps}.
 *
 * <p>Requests that are not of the attempt in progress are refused. All waiting tasks fail when one of them disconnects
 * or a sum takes longer than the timeout.
 *
 * <p>One lock guards the state of this class and of the two it passes requests on to: this object's. Every method here
 * that touches that state holds it; the other two classes have no lock and are called by these methods only. {@link
 * StepsJob#made} runs under it, so no task reads the driver's weights while they are updated.
 */
public final class DriverEndpoint implements IsolatedThreadSafeRpcEndpoint {
    private final RpcEnv environment;
    private final Duration timeout;
    private final ScheduledThreadPoolExecutor timer;
    private ScheduledFuture<?> watch;

    private final StatisticsSums statistics = new StatisticsSums();
    private final Set<RpcAddress> participants = new HashSet<>();
    /** Null between attempts. */
    private StepsJob current;
    /** The steps of the last attempt; null before the first. */
    private GradientSteps gradients;

    private byte[] weightsAsBytes;
    private long lastBegunNanos;
    private RefusedException refusal;
    private List<Integer> lateSlices = List.of();

    public DriverEndpoint(RpcEnv environment, Duration timeout) {
        this.environment = environment;
        this.timeout = timeout;
        this.timer = new ScheduledThreadPoolExecutor(1, runnable -> {
            Thread thread = new Thread(runnable, "sparknorm-statistics-timer");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Looks for sums that take too long, several times within the timeout. */
    @Override
    public void onStart() {
        long periodMillis = Math.max(1, Math.min(1000, timeout.toMillis() / 4));
        watch = timer.scheduleWithFixedDelay(this::failOverdue, periodMillis, periodMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void onStop() {
        watch.cancel(false);
        timer.shutdownNow();
        failWaiting("the run has ended");
    }

    /** From here on only requests of this attempt are taken; tasks that wait from an earlier one fail. */
    public synchronized void begin(StepsJob next) {
        failWaiting("another attempt has begun");
        participants.clear();
        current = next;
        gradients = new GradientSteps(next);
        weightsAsBytes = null;
        lastBegunNanos = System.nanoTime();
        refusal = null;
        lateSlices = List.of();
    }

    /** The attempt is over: all tasks that wait fail, and no request is taken until the next begins. */
    public synchronized void end() {
        failWaiting("the step was given up");
        gradients.end("the step was given up");
        participants.clear();
        current = null;
        weightsAsBytes = null;
    }

    /**
     * For every sum of statistics, in the order in which they came: the mean time from the first task's request until
     * all were in, in seconds. Counts from the last call on.
     */
    public synchronized Map<String, Double> waits() {
        return statistics.waits();
    }

    /** When the last task of the last attempt had begun, as {@link System#nanoTime}. */
    public synchronized long lastBegunNanos() {
        return lastBegunNanos;
    }

    /**
     * What the driver's update threw in the last attempt, or what a task could not use: another attempt would fail
     * likewise. Null if there was neither.
     */
    public synchronized RuntimeException finalFailure() {
        RuntimeException failedUpdate = gradients == null ? null : gradients.failedUpdate();
        return failedUpdate == null ? refusal : failedUpdate;
    }

    /** The slices for which others waited in vain for the whole timeout in the last attempt. */
    public synchronized List<Integer> lateSlices() {
        return lateSlices;
    }

    @Override
    public RpcEnv rpcEnv() {
        return environment;
    }

    @Override
    public PartialFunction<Object, BoxedUnit> receiveAndReply(RpcCallContext task) {
        return new AbstractPartialFunction<>() {
            @Override
            public boolean isDefinedAt(Object message) {
                return message instanceof TaskMessage;
            }

            @Override
            public BoxedUnit apply(Object message) {
                receive((TaskMessage) message, task);
                return BoxedUnit.UNIT;
            }
        };
    }

    private synchronized void receive(TaskMessage message, RpcCallContext task) {
        boolean isCurrent = current != null && message.attempt().equals(current.attempt());
        if (message instanceof TaskMessage.Refusal refused) {
            refusal = isCurrent ? refused.cause() : refusal;
            task.reply(true);
        } else if (!isCurrent) {
            WaitingTasks.fail(
                    task, message.subject() + " of " + message.attempt() + " is not of the attempt in progress");
        } else if (message instanceof TaskMessage.Begin) {
            begun(task);
            task.reply(true);
        } else if (message instanceof TaskMessage.WeightsRequest request) {
            begun(task);
            task.reply(weights(request.inProcess()));
        } else {
            addToSum(message, task);
        }
    }

    private void begun(RpcCallContext task) {
        lastBegunNanos = System.nanoTime();
        participants.add(task.senderAddress());
    }

    /** Tasks of other processes get them as bytes, made once, which cross the wire in bulk. */
    private Object weights(boolean inProcess) {
        if (inProcess) {
            return current.weights();
        }
        if (weightsAsBytes == null) {
            weightsAsBytes = ArrayKind.FLOATS.toBytes(current.weights());
        }
        return weightsAsBytes;
    }

    private void addToSum(TaskMessage message, RpcCallContext task) {
        if (gradients.failedUpdate() != null) {
            gradients.hold(task);
            return;
        }
        participants.add(task.senderAddress());
        try {
            if (message instanceof TaskMessage.StatisticsRequest request) {
                statistics.add(request, task);
            } else {
                gradients.add((TaskMessage.GradientRequest) message, task);
            }
        } catch (RuntimeException e) {
            String why = message.subject() + ": " + e.getMessage();
            failWaiting(why);
            WaitingTasks.fail(task, why);
        }
    }

    @Override
    public synchronized void onDisconnected(RpcAddress address) {
        if (participants.contains(address)) {
            failWaiting("the executor at " + address + " is gone");
        }
    }

    private synchronized void failOverdue() {
        List<Integer> late = statistics.overdue(timeout);
        if (late.isEmpty() && gradients != null) {
            late = gradients.overdue(timeout);
        }
        if (!late.isEmpty()) {
            lateSlices = late;
            failWaiting("statistics-timeout = " + timeout.toSeconds() + " s has passed");
        }
    }

    private synchronized void failWaiting(String why) {
        if (gradients != null) {
            statistics.fail(gradients.step(), why);
            gradients.fail(why);
        }
    }
}
