package org.sparknorm.spark.endpoint;

import java.time.Duration;
import java.util.List;
import org.apache.spark.rpc.RpcCallContext;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.train.GradientSum;
import org.sparknorm.train.StepResult;

/**
 * Sums the gradients of every step of an attempt but the last, and has the driver's weights updated. Called under the
 * lock of the {@link DriverEndpoint}.
 */
final class GradientSteps {
    private final StepsJob job;
    private GradientSum sum;
    private WaitingTasks waiting;
    private long stepsMade;
    private RuntimeException failedUpdate;
    /** Those that are not answered before the attempt ends, for the update has failed. */
    private final WaitingTasks held = new WaitingTasks();

    GradientSteps(StepsJob job) {
        this.job = job;
    }

    /** The step in progress. */
    long step() {
        return job.attempt().step() + stepsMade;
    }

    /** @throws RuntimeException if the part does not fit those that came before */
    void add(TaskMessage.GradientRequest request, RpcCallContext task) {
        if (sum == null) {
            sum = request.part();
            waiting = new WaitingTasks();
        } else {
            sum.merge(request.part());
        }
        waiting.add(task);
        if (sum.isComplete()) {
            StepResult result = sum.result();
            WaitingTasks answered = waiting;
            clear();
            finish(result, answered, request.wantsSum());
        }
    }

    /** Tasks that want the sum update weights of their own meanwhile; the others read those that are updated here. */
    private void finish(StepResult result, WaitingTasks tasks, boolean wantSum) {
        if (wantSum) {
            tasks.answer(ArrayKind.FLOATS.toBytes(result.gradient()));
            update(result);
            return;
        }
        update(result);
        if (failedUpdate == null) {
            tasks.answer(true);
        } else {
            held.addAll(tasks);
        }
    }

    /** If the update fails, cancels the job and answers no task before: a failing task leaves a stack trace. */
    private void update(StepResult result) {
        try {
            job.made().accept(result);
            stepsMade++;
        } catch (RuntimeException e) {
            failedUpdate = e;
            job.cancel().run();
        }
    }

    /** What the driver's update threw; null if it did not. */
    RuntimeException failedUpdate() {
        return failedUpdate;
    }

    /** Does not answer the task before the attempt ends. */
    void hold(RpcCallContext task) {
        held.add(task);
    }

    /** The slices that are missing where tasks have waited longer than the timeout; otherwise empty. */
    List<Integer> overdue(Duration timeout) {
        return sum != null && waiting.haveWaitedLongerThan(timeout) ? sum.missing() : List.of();
    }

    /** Fails all tasks that wait for a sum. */
    void fail(String why) {
        if (sum != null) {
            waiting.fail("step " + step() + ", sum gradient: slices " + sum.missing() + " have not come; " + why);
            clear();
        }
    }

    /** Fails the tasks that were held, too. */
    void end(String why) {
        fail(why);
        held.fail(why);
    }

    private void clear() {
        sum = null;
        waiting = null;
    }
}
