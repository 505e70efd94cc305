package org.sparknorm.train;

import java.util.List;
import org.sparknorm.sync.RemoteAllReduce;
import org.sparknorm.sync.ThreadAllReduce;
import org.sparknorm.sync.TreeSum;

/**
 * The steps that the slices of one process make in one go, without coming apart: they meet in the sums of every step, and
 * between two steps once more, for the gradients.
 */
final class LocalSteps implements RemoteAllReduce {
    /** The name of the sum between two steps. */
    static final String GRADIENT = "gradient";

    private final Members members;
    private final int permits;
    private final RemoteAllReduce statistics;
    private final WeightUpdate update;
    private final ThreadAllReduce meeting;
    /** Of the step in progress: what each slice knows beside its gradient. */
    private final double[][] numbers;

    private long step;
    private long started;
    private long waitedBefore;
    private boolean hasMet;

    /** Slices first, first + 1 and so on of 0..slices-1, a replica each. */
    record Members(int slices, int first, List<Replica> replicas) {}

    /**
     * @param statistics where those are summed with the other slices
     * @param update between two steps; not asked for where there is one alone
     */
    LocalSteps(Members members, int permits, RemoteAllReduce statistics, WeightUpdate update) {
        this.members = members;
        this.permits = permits;
        this.statistics = statistics;
        this.update = update;
        this.meeting = new ThreadAllReduce(
                members.slices(), members.first(), members.replicas().size(), permits, this);
        this.numbers = new double[members.replicas().size()][];
    }

    /** The gradients of the last of these steps. Called once. */
    GradientSum run(long first, int count, float[] weights) throws InterruptedException {
        step = first;
        started = System.nanoTime();
        long last = first + count - 1;
        meeting.run((slice, allReduce) -> {
            int member = slice - members.first();
            Replica replica = members.replicas().get(member);
            for (long own = first; own <= last; own++) {
                numbers[member] = replica.step(own, weights, allReduce);
                if (own < last) {
                    allReduce.sum(GRADIENT, replica.gradient());
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

    /** On the one thread that speaks for the slices here. */
    @Override
    @SuppressWarnings("unchecked") // gradients are floats, see run
    public <A> A complete(String name, TreeSum<A> part) throws InterruptedException {
        if (!hasMet) {
            // All waiting until now was in steps before.
            waitedBefore = meeting.exchangeNanos();
            hasMet = true;
        }
        if (!name.equals(GRADIENT)) {
            return statistics.complete(name, part);
        }
        GradientSum sum = GradientSum.of((TreeSum<float[]>) part, members.first(), numbers);
        update.apply(step, sum.took(times()));
        step++;
        started = System.nanoTime();
        hasMet = false;
        return null;
    }

    private TaskTimes times() {
        List<Replica> replicas = members.replicas();
        long input = replicas.stream().mapToLong(Replica::inputNanos).sum() / Math.min(permits, replicas.size());
        long waited = hasMet ? meeting.exchangeNanos() - waitedBefore : 0;
        return new TaskTimes(System.nanoTime() - started, input, waited);
    }
}
