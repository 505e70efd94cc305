package org.sparknorm.spark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkException;
import org.apache.spark.rpc.IsolatedThreadSafeRpcEndpoint;
import org.apache.spark.rpc.RpcAddress;
import org.apache.spark.rpc.RpcCallContext;
import org.apache.spark.rpc.RpcEnv;
import org.sparknorm.config.RefusedException;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.sync.TreeSum;
import scala.PartialFunction;
import scala.runtime.AbstractPartialFunction;
import scala.runtime.BoxedUnit;

/**
 * The driver's side of every statistics sum: collects the parts of all tasks and answers all when the last slice is in. Also
 * hands out the weights of the try in progress, where they are small enough for that.
 *
 * <p>Executors read answers without the job's jar, so answers are arrays, and failures {@link SparkException}s with a
 * text: anything else would kill the connection. All waiting asks fail when a participant disconnects or a sum takes
 * longer than the timeout. Asks that are not of the try in progress are refused.
 */
final class StatisticsEndpoint implements IsolatedThreadSafeRpcEndpoint {
    private final RpcEnv environment;
    private final Duration timeout;
    private final ScheduledThreadPoolExecutor timer;
    private final Map<String, Sum> sums = new HashMap<>();
    private final Set<RpcAddress> participants = new HashSet<>();
    private StatisticsAsk.Try current;
    private float[] weights;
    private byte[] weightsAsBytes;
    private ScheduledFuture<?> watch;
    private RefusedException refusal;
    private List<Integer> lateSlices = List.of();

    /** A sum that is being collected, and who waits for it. */
    private static final class Sum {
        private final TreeSum<?> parts;
        private final List<RpcCallContext> waiting = new ArrayList<>();
        private final long startedNanos = System.nanoTime();

        Sum(TreeSum<?> first) {
            parts = first;
        }
    }

    StatisticsEndpoint(RpcEnv environment, Duration timeout) {
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

    /**
     * From here on only asks of this try are taken; whoever waits from an earlier one fails.
     *
     * @param tryWeights not changed before the try ends
     */
    synchronized void begin(StatisticsAsk.Try next, float[] tryWeights) {
        failWaiting("another try has begun");
        participants.clear();
        current = next;
        weights = tryWeights;
        weightsAsBytes = null;
        refusal = null;
        lateSlices = List.of();
    }

    /** What a task of the last try could not use; null if it was none. */
    synchronized RefusedException refusal() {
        return refusal;
    }

    /** The slices for which others waited in vain for the whole timeout in the last try. */
    synchronized List<Integer> lateSlices() {
        return lateSlices;
    }

    /** The try is over: fails all that wait and takes no ask until the next begins. */
    synchronized void end() {
        failWaiting("the step was given up");
        participants.clear();
        current = null;
        weights = null;
        weightsAsBytes = null;
    }

    @Override
    public RpcEnv rpcEnv() {
        return environment;
    }

    @Override
    public PartialFunction<Object, BoxedUnit> receiveAndReply(RpcCallContext context) {
        return new AbstractPartialFunction<>() {
            @Override
            public boolean isDefinedAt(Object message) {
                return message instanceof StatisticsAsk
                        || message instanceof WeightsAsk
                        || message instanceof RefusalNote;
            }

            @Override
            public BoxedUnit apply(Object message) {
                if (message instanceof WeightsAsk ask) {
                    giveWeights(ask, context);
                } else if (message instanceof RefusalNote note) {
                    note(note, context);
                } else {
                    take((StatisticsAsk) message, context);
                }
                return BoxedUnit.UNIT;
            }
        };
    }

    /** Within this process the array itself, which askers only read; to others its bytes, which cross the wire in bulk. */
    private synchronized void giveWeights(WeightsAsk ask, RpcCallContext context) {
        if (!ask.attempt().equals(current)) {
            context.sendFailure(
                    failure("the weights of " + ask.attempt() + " are no longer those of the try in progress"));
            return;
        }
        if (environment.address().equals(context.senderAddress())) {
            context.reply(weights);
            return;
        }
        if (weightsAsBytes == null) {
            weightsAsBytes = ArrayKind.FLOATS.toBytes(weights);
        }
        context.reply(weightsAsBytes);
    }

    private synchronized void note(RefusalNote note, RpcCallContext context) {
        if (note.attempt().equals(current)) {
            refusal = note.refusal();
        }
        context.reply(true);
    }

    private synchronized void take(StatisticsAsk ask, RpcCallContext context) {
        if (!ask.attempt().equals(current)) {
            context.sendFailure(
                    failure("sum " + ask.name() + " of " + ask.attempt() + " is not of the try in progress"));
            return;
        }
        participants.add(context.senderAddress());
        try {
            add(ask, context);
        } catch (RuntimeException e) { // no class of ours may leave, see above
            failWaiting(ask.name() + ": " + e.getMessage());
            context.sendFailure(failure(ask.name() + ": " + e.getMessage()));
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // parts of one sum are of one kind; merge checks it
    private void add(StatisticsAsk ask, RpcCallContext context) {
        Sum sum = sums.get(ask.name());
        if (sum == null) {
            sum = new Sum(ask.part());
            sums.put(ask.name(), sum);
        } else {
            sum.parts.merge((TreeSum) ask.part());
        }
        sum.waiting.add(context);
        if (sum.parts.isComplete()) {
            sums.remove(ask.name());
            Object root = sum.parts.root();
            for (RpcCallContext waiting : sum.waiting) {
                waiting.reply(root);
            }
        }
    }

    @Override
    public synchronized void onDisconnected(RpcAddress address) {
        if (participants.contains(address)) {
            failWaiting("the executor at " + address + " is gone");
        }
    }

    private synchronized void failOverdue() {
        long now = System.nanoTime();
        for (Sum sum : sums.values()) {
            if (now - sum.startedNanos > timeout.toNanos()) {
                lateSlices = sum.parts.missing();
                failWaiting("statistics-timeout = " + timeout.toSeconds() + " s has passed");
                return;
            }
        }
    }

    private synchronized void failWaiting(String why) {
        for (Map.Entry<String, Sum> entry : sums.entrySet()) {
            SparkException failure = failure("step " + (current == null ? "none" : current.step()) + ", sum "
                    + entry.getKey() + ": slices " + entry.getValue().parts.missing() + " have not come; " + why);
            for (RpcCallContext waiting : entry.getValue().waiting) {
                waiting.sendFailure(failure);
            }
        }
        sums.clear();
    }

    private static SparkException failure(String text) {
        return new SparkException(text);
    }
}
