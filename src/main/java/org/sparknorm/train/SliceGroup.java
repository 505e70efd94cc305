package org.sparknorm.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.sparknorm.nn.Network;
import org.sparknorm.sync.RemoteAllReduce;
import org.sparknorm.sync.ThreadAllReduce;

/**
 * The slices that one process computes: neighbouring slice numbers, with a replica each. It makes one step or answers
 * one question at a time.
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
    public SliceGroup(ReplicaSettings settings, int first, List<SliceExamples> examples, Supplier<Network> networks) {
        this.slices = settings.plan().slices();
        this.first = first;
        for (int i = 0; i < examples.size(); i++) {
            replicas.add(new Replica(settings, first + i, networks.get(), examples.get(i)));
        }
    }

    /** Returns the network of one of the replicas, whose structure is that of all. */
    public Network network() {
        return replicas.get(0).network();
    }

    /**
     * Makes several steps, between which the slices stay on their threads.
     *
     * @param first the number of the first of these steps
     * @param weights those of the first step; the update changes them between two steps
     * @param permits how many slices may compute at once
     * @param remote sums statistics with the other slices
     * @param update what happens between two steps; not called where there is one step only
     * @return the gradients of the last step, in buffers of the replicas that are valid until the next call
     */
    public GradientSum steps(
            long first, int count, float[] weights, int permits, RemoteAllReduce remote, WeightUpdate update)
            throws InterruptedException {
        LocalSteps.Members members = new LocalSteps.Members(slices, this.first, replicas);
        return new LocalSteps(members, permits, remote, update).run(first, count, weights);
    }

    /**
     * Returns the answer of these slices to a question about all their examples.
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
