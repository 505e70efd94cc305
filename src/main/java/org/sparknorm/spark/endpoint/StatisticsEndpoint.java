package org.sparknorm.spark.endpoint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.spark.SparkException;
import org.apache.spark.rpc.IsolatedThreadSafeRpcEndpoint;
import org.apache.spark.rpc.RpcAddress;
import org.apache.spark.rpc.RpcCallContext;
import org.apache.spark.rpc.RpcEnv;
import org.sparknorm.config.RefusedException;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.sync.TreeSum;
import org.sparknorm.train.GradientSum;
import org.sparknorm.train.StepResult;
import scala.PartialFunction;
import scala.runtime.AbstractPartialFunction;
import scala.runtime.BoxedUnit;

/**
 * The driver's side of every statistics sum: collects the parts of all tasks and answers all when the last slice is in. Also
 * hands out the weights of the try in progress, where they are small enough for that, and sums the gradients between the
 * steps of a job.
 *
 * <p>Executors read answers without the job's jar, so answers are arrays, and failures {@link SparkException}s with a
 * text: anything else would kill the connection. All waiting asks fail when a participant disconnects or a sum takes
 * longer than the timeout. Asks that are not of the try in progress are refused.
 */
public final class StatisticsEndpoint implements IsolatedThreadSafeRpcEndpoint {
    /** The name of the sum between two steps. */
    private static final String GRADIENT = "gradient";

    private static final float[] NOTHING = {};
    private static final double NANOS_A_SECOND = 1e9;

    private final RpcEnv environment;
    private final Duration timeout;
    private final ScheduledThreadPoolExecutor timer;
    private final Map<String, Sum> sums = new HashMap<>();
    private final Map<String, LongSummaryStatistics> waits = new LinkedHashMap<>();
    private final Set<RpcAddress> participants = new HashSet<>();
    /** Null between tries. */
    private Job current;

    private byte[] weightsAsBytes;
    private long stepsMade;
    private long lastBegunNanos;
    private RuntimeException failedUpdate;
    /** Who waits in vain since then. */
    private final List<RpcCallContext> held = new ArrayList<>();

    private ScheduledFuture<?> watch;
    private RefusedException refusal;
    private List<Integer> lateSlices = List.of();

    /**
     * What is asked for in a try.
     *
     * @param weights for tasks that ask for them; changed between two steps, and not before the try ends otherwise
     * @param made takes what all slices make of a step, and updates the driver's weights; not asked for at the last step
     * @param cancel ends the try's Spark job; called where that throws
     */
    public record Job(StatisticsRequest.Try attempt, float[] weights, Consumer<StepResult> made, Runnable cancel) {}

    /** A sum that is being collected, and who waits for it. Statistics have parts, gradients are a sum of their own kind. */
    private static final class Sum {
        private TreeSum<double[]> parts;
        private GradientSum gradients;
        private final List<RpcCallContext> waiting = new ArrayList<>();
        private final long startedNanos = System.nanoTime();

        List<Integer> missing() {
            return gradients == null ? parts.missing() : gradients.missing();
        }
    }

    public StatisticsEndpoint(RpcEnv environment, Duration timeout) {
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

    /** From here on only asks of this try are taken; whoever waits from an earlier one fails. */
    public synchronized void begin(Job next) {
        failWaiting("another try has begun");
        participants.clear();
        current = next;
        weightsAsBytes = null;
        stepsMade = 0;
        lastBegunNanos = System.nanoTime();
        failedUpdate = null;
        refusal = null;
        lateSlices = List.of();
    }

    /** See {@link SparkWorkers#waits}. */
    public synchronized Map<String, Double> waits() {
        Map<String, Double> means = new LinkedHashMap<>();
        waits.forEach((name, nanos) -> means.put(name, nanos.getAverage() / NANOS_A_SECOND));
        waits.clear();
        return means;
    }

    /** When the last task of the last try had begun, as {@link System#nanoTime}. */
    public synchronized long lastBegun() {
        return lastBegunNanos;
    }

    /** What the driver's update threw in the last try; null if it did not. */
    public synchronized RuntimeException failedUpdate() {
        return failedUpdate;
    }

    /** What a task of the last try could not use; null if it was none. */
    public synchronized RefusedException refusal() {
        return refusal;
    }

    /** The slices for which others waited in vain for the whole timeout in the last try. */
    public synchronized List<Integer> lateSlices() {
        return lateSlices;
    }

    /** The try is over: fails all that wait and takes no ask until the next begins. */
    public synchronized void end() {
        failWaiting("the step was given up");
        held.forEach(waiting -> waiting.sendFailure(failure("the step was given up")));
        held.clear();
        participants.clear();
        current = null;
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
                return message instanceof StatisticsRequest
                        || message instanceof GradientRequest
                        || message instanceof WeightsRequest
                        || message instanceof RefusalMessage;
            }

            @Override
            public BoxedUnit apply(Object message) {
                if (message instanceof WeightsRequest ask) {
                    giveWeights(ask, context);
                } else if (message instanceof RefusalMessage note) {
                    note(note, context);
                } else if (message instanceof GradientRequest ask) {
                    take(ask.attempt(), GRADIENT, context, () -> addGradients(ask, context));
                } else {
                    StatisticsRequest ask = (StatisticsRequest) message;
                    take(ask.attempt(), ask.name(), context, () -> addStatistics(ask, context));
                }
                return BoxedUnit.UNIT;
            }
        };
    }

    /** Within this process the array itself, which askers only read; to others its bytes, which cross the wire in bulk. */
    private synchronized void giveWeights(WeightsRequest ask, RpcCallContext context) {
        if (!isCurrent(ask.attempt())) {
            context.sendFailure(
                    failure("the weights of " + ask.attempt() + " are no longer those of the try in progress"));
            return;
        }
        lastBegunNanos = System.nanoTime();
        participants.add(context.senderAddress());
        if (isOfThisProcess(context)) {
            context.reply(current.weights());
            return;
        }
        if (weightsAsBytes == null) {
            weightsAsBytes = ArrayKind.FLOATS.toBytes(current.weights());
        }
        context.reply(weightsAsBytes);
    }

    private boolean isCurrent(StatisticsRequest.Try attempt) {
        return current != null && attempt.equals(current.attempt());
    }

    private boolean isOfThisProcess(RpcCallContext context) {
        return environment.address().equals(context.senderAddress());
    }

    private synchronized void note(RefusalMessage note, RpcCallContext context) {
        if (isCurrent(note.attempt())) {
            refusal = note.refusal();
        }
        context.reply(true);
    }

    private synchronized void take(StatisticsRequest.Try attempt, String name, RpcCallContext context, Runnable add) {
        if (!isCurrent(attempt)) {
            context.sendFailure(failure("sum " + name + " of " + attempt + " is not of the try in progress"));
            return;
        }
        if (failedUpdate != null) {
            held.add(context);
            return;
        }
        participants.add(context.senderAddress());
        try {
            add.run();
        } catch (RuntimeException e) { // no class of ours may leave, see above
            failWaiting(name + ": " + e.getMessage());
            context.sendFailure(failure(name + ": " + e.getMessage()));
        }
    }

    private void addStatistics(StatisticsRequest ask, RpcCallContext context) {
        Sum sum = sums.computeIfAbsent(ask.name(), name -> new Sum());
        if (sum.parts == null) {
            sum.parts = ask.part();
        } else {
            sum.parts.merge(ask.part());
        }
        sum.waiting.add(context);
        if (sum.parts.isComplete()) {
            sums.remove(ask.name());
            waits.computeIfAbsent(ask.name(), name -> new LongSummaryStatistics())
                    .accept(System.nanoTime() - sum.startedNanos);
            replyAll(sum, sum.parts.root());
        }
    }

    /** Others update weights of their own meanwhile; tasks of this process read those that are updated here. */
    private void addGradients(GradientRequest ask, RpcCallContext context) {
        Sum sum = sums.computeIfAbsent(GRADIENT, name -> new Sum());
        sum.gradients = sum.gradients == null ? ask.part() : sum.gradients.merge(ask.part());
        sum.waiting.add(context);
        if (!sum.gradients.isComplete()) {
            return;
        }
        StepResult result = sum.gradients.result();
        sums.remove(GRADIENT);
        if (isOfThisProcess(context)) {
            if (update(result)) {
                replyAll(sum, NOTHING);
            } else {
                held.addAll(sum.waiting);
            }
        } else {
            replyAll(sum, ArrayKind.FLOATS.toBytes(result.gradient()));
            update(result);
        }
    }

    /** Where it fails, the job is to be cancelled, and no one is answered until then: a task that fails leaves a stack trace. */
    private boolean update(StepResult result) {
        try {
            current.made().accept(result);
            stepsMade++;
            return true;
        } catch (RuntimeException e) {
            failedUpdate = e;
            current.cancel().run();
            return false;
        }
    }

    private static void replyAll(Sum sum, Object answer) {
        sum.waiting.forEach(waiting -> waiting.reply(answer));
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
                lateSlices = sum.missing();
                failWaiting("statistics-timeout = " + timeout.toSeconds() + " s has passed");
                return;
            }
        }
    }

    private synchronized void failWaiting(String why) {
        for (Map.Entry<String, Sum> entry : sums.entrySet()) {
            SparkException failure = failure(
                    "step " + (current == null ? "none" : current.attempt().step() + stepsMade) + ", sum "
                            + entry.getKey() + ": slices " + entry.getValue().missing() + " have not come; " + why);
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
