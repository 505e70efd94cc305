package org.sparknorm.spark.endpoint;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.spark.rpc.RpcCallContext;
import org.sparknorm.sync.TreeSum;

/**
 * Collects the sums of statistics of an attempt, and answers a sum to all tasks when its last slice is in. Called under
 * the lock of the {@link DriverEndpoint}.
 */
final class StatisticsSums {
    private final Map<String, Sum> sums = new HashMap<>();
    private final Map<String, LongSummaryStatistics> waits = new LinkedHashMap<>();

    private record Sum(TreeSum<double[]> parts, WaitingTasks waiting) {}

    /** @throws RuntimeException if the part does not fit those that came before */
    void add(TaskMessage.StatisticsRequest request, RpcCallContext task) {
        Sum sum = sums.get(request.name());
        if (sum == null) {
            sum = new Sum(request.part(), new WaitingTasks());
            sums.put(request.name(), sum);
        } else {
            sum.parts.merge(request.part());
        }
        sum.waiting.add(task);
        if (sum.parts.isComplete()) {
            sums.remove(request.name());
            waits.computeIfAbsent(request.name(), name -> new LongSummaryStatistics())
                    .accept(sum.waiting.nanos());
            sum.waiting.answer(sum.parts.root());
        }
    }

    /**
     * The slices that are missing in a sum for which tasks have waited longer than the timeout; empty if there is none.
     */
    List<Integer> overdue(Duration timeout) {
        return sums.values().stream()
                .filter(sum -> sum.waiting.haveWaitedLongerThan(timeout))
                .findFirst()
                .map(sum -> sum.parts.missing())
                .orElse(List.of());
    }

    /** Fails all tasks that wait. */
    void fail(long step, String why) {
        sums.forEach((name, sum) -> sum.waiting.fail(
                "step " + step + ", sum " + name + ": slices " + sum.parts.missing() + " have not come; " + why));
        sums.clear();
    }

    /** See {@link DriverEndpoint#waits}. */
    Map<String, Double> waits() {
        Map<String, Double> means = new LinkedHashMap<>();
        waits.forEach((name, nanos) -> means.put(name, nanos.getAverage() / TimeUnit.SECONDS.toNanos(1)));
        waits.clear();
        return means;
    }
}
