package org.sparknorm.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.sparknorm.nn.Network;
import org.sparknorm.sync.RemoteAllReduce;
import org.sparknorm.sync.ThreadAllReduce;

/**
 * The slices that one process hosts: a run of neighbouring slice numbers, a replica each. One step or evaluation at a
 * time.
 */
public final class SliceGroup {
    private final int slices;
    private final int first;
    private final List<Replica> replicas = new ArrayList<>();

    /**
     * @param first number of the first slice here
     * @param examples of each slice here, ascending
     * @param networks gives each replica its own
     */
    public SliceGroup(ReplicaSettings setup, int first, List<SliceExamples> examples, Supplier<Network> networks) {
        this.slices = setup.plan().slices();
        this.first = first;
        for (int i = 0; i < examples.size(); i++) {
            replicas.add(new Replica(setup, first + i, networks.get(), examples.get(i)));
        }
    }

    /**
     * Several steps without coming apart.
     *
     * @param first of the steps
     * @param weights which the update changes between two steps
     * @param permits how many slices may compute at once
     * @param exchange where statistics are summed with the other slices
     * @param update between two steps; not asked for where there is one alone
     * @return the gradients of the last step, in buffers of the replicas, valid until the next
     */
    public GradientSum steps(
            long first, int count, float[] weights, int permits, RemoteAllReduce exchange, WeightUpdate update)
            throws InterruptedException {
        LocalSteps.Members members = new LocalSteps.Members(slices, this.first, replicas);
        return new LocalSteps(members, permits, exchange, update).run(first, count, weights);
    }

    /**
     * The answer of these slices to a question about all their examples.
     *
     * @param permits how many slices may compute at once
     */
    public <A> A infer(float[] weights, float[] buffers, int permits, InferenceTask<A> task)
            throws InterruptedException {
        ThreadAllReduce threads = new ThreadAllReduce(slices, first, replicas.size(), permits, RemoteAllReduce.NONE);
        List<A> answers = threads.run((slice, allReduce) ->
                task.answer(replicas.get(slice - first).evaluator(weights, buffers), slice, slices));
        A merged = task.none(slices);
        for (A answer : answers) {
            merged = task.merge(merged, answer);
        }
        return merged;
    }
}
