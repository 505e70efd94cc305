package org.sparknorm.train;

import java.util.List;
import org.sparknorm.sync.RemoteAllReduce;
import org.sparknorm.sync.ThreadAllReduce;
import org.sparknorm.sync.TreeSum;

/**
 * Makes several steps with the slices of one process, which stay on their threads: they meet in the sums of statistics
 * of every step, and between two steps once more, to sum their gradients.
 */
final class LocalSteps {
    private final Members members;
    private final int permits;
    private final WeightUpdate update;
    private final ThreadAllReduce threads;
    /** The statistics of the step in progress, by slice. */
    private final double[][] numbers;

    private long step;
    private long startedNanos;
    private long waitedBeforeNanos;

    /** The slices first, first + 1 and so on of 0..slices-1, with a replica each. */
    record Members(int slices, int first, List<Replica> replicas) {}

    /**
     * @param statistics sums statistics with the slices of other processes
     * @param update what happens between two steps; not called where there is one step only
     */
    LocalSteps(Members members, int permits, RemoteAllReduce statistics, WeightUpdate update) {
        this.members = members;
        this.permits = permits;
        this.update = update;
        this.threads = new ThreadAllReduce(
                members.slices(), members.first(), members.replicas().size(), permits, statistics);
        this.numbers = new double[members.replicas().size()][];
    }

    /** Makes the steps, and returns the gradients of the last. Called once. */
    GradientSum run(long first, int count, float[] weights) throws InterruptedException {
        begin(first);
        long last = first + count - 1;
        threads.run((slice, allReduce) -> {
            int member = slice - members.first();
            Replica replica = members.replicas().get(member);
            for (long own = first; own <= last; own++) {
                numbers[member] = replica.step(own, weights, allReduce);
                if (own < last) {
                    allReduce.sumGradients(replica.gradient(), this::update);
                }
            }
            return slice;
        });
        GradientSum sum = new GradientSum(members.slices());
        for (int member = 0; member < numbers.length; member++) {
            sum.add(members.first() + member, members.replicas().get(member).gradient(), numbers[member]);
        }
        return sum.took(times());
    }

    private void begin(long next) {
        step = next;
        startedNanos = System.nanoTime();
        waitedBeforeNanos = threads.remoteNanos();
    }

    private void update(TreeSum<float[]> gradients) throws InterruptedException {
        GradientSum sum = GradientSum.of(gradients, members.first(), numbers);
        update.apply(step, sum.took(times()));
        begin(step + 1);
    }

    private TaskTimes times() {
        List<Replica> replicas = members.replicas();
        long input = replicas.stream().mapToLong(Replica::inputNanos).sum() / Math.min(permits, replicas.size());
        long waited = threads.remoteNanos() - waitedBeforeNanos;
        return new TaskTimes(System.nanoTime() - startedNanos, input, waited);
    }
}
