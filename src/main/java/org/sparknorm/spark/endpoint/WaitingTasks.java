package org.sparknorm.spark.endpoint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkException;
import org.apache.spark.rpc.RpcCallContext;

/**
 * Holds the tasks that wait for the same answer. Executors read answers without the job's jar, so answers are arrays,
 * and failures {@link SparkException}s with a text: anything else would kill the connection.
 */
final class WaitingTasks {
    private final List<RpcCallContext> tasks = new ArrayList<>();
    private final long sinceNanos = System.nanoTime();

    void add(RpcCallContext task) {
        tasks.add(task);
    }

    void addAll(WaitingTasks others) {
        tasks.addAll(others.tasks);
    }

    void answer(Object answer) {
        tasks.forEach(task -> task.reply(answer));
    }

    void fail(String text) {
        tasks.forEach(task -> fail(task, text));
    }

    static void fail(RpcCallContext task, String text) {
        task.sendFailure(new SparkException(text));
    }

    /** How long the first of the tasks has waited. */
    long nanos() {
        return System.nanoTime() - sinceNanos;
    }

    boolean haveWaitedLongerThan(Duration timeout) {
        return nanos() > timeout.toNanos();
    }
}
