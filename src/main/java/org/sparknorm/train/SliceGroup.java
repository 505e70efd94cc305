package org.sparknorm.train;

import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.sparknorm.nn.Network;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.sync.RemoteAllReduce;
import org.sparknorm.sync.ThreadAllReduce;
import org.sparknorm.sync.TreeSum;

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

    /** Inference over all examples of these slices, to be summed with the other slices. */
    public TreeSum<double[]> evaluate(float[] weights, float[] buffers, int permits) throws InterruptedException {
        return sums(permits, replica -> replica.evaluate(weights, buffers));
    }

    /** How what a layer gives at all examples of these slices is distributed, to be summed with the other slices. */
    public TreeSum<double[]> histogram(float[] weights, float[] buffers, int permits, String layer)
            throws InterruptedException {
        return sums(permits, replica -> replica.histogram(weights, buffers, layer));
    }

    /** What a replica finds. */
    private interface Finding {
        double[] of(Replica replica) throws InterruptedException;
    }

    private TreeSum<double[]> sums(int permits, Finding finding) throws InterruptedException {
        ThreadAllReduce meeting = new ThreadAllReduce(slices, first, replicas.size(), permits, RemoteAllReduce.NONE);
        List<double[]> statistics = meeting.run((slice, allReduce) -> finding.of(replicas.get(slice - first)));
        return new Predicted<>(slices, first, statistics, List.of()).sums();
    }

    /** What a unit gives at all examples of these slices in inference. */
    public float[] values(float[] weights, float[] buffers, int permits, ChannelId unit) throws InterruptedException {
        ThreadAllReduce meeting = new ThreadAllReduce(slices, first, replicas.size(), permits, RemoteAllReduce.NONE);
        List<float[]> parts =
                meeting.run((slice, allReduce) -> replicas.get(slice - first).values(weights, buffers, unit));
        return join(parts);
    }

    /** One behind the other. */
    public static float[] join(List<float[]> parts) {
        FloatBuffer joined = FloatBuffer.allocate(
                parts.stream().mapToInt(part -> part.length).sum());
        parts.forEach(joined::put);
        return joined.array();
    }

    /**
     * What was found of the examples of some slices.
     *
     * @param first number of the first of the slices
     * @param statistics of each
     * @param kept of each example
     */
    public record Predicted<T>(int slices, int first, List<double[]> statistics, List<T> kept) implements Serializable {
        /** To be summed with the other slices, as those of an evaluation. A new one each time: sums are changed in place. */
        public TreeSum<double[]> sums() {
            TreeSum<double[]> sum = new TreeSum<>(ArrayKind.DOUBLES, slices);
            for (int i = 0; i < statistics.size(); i++) {
                sum.add(first + i, statistics.get(i).clone());
            }
            return sum;
        }
    }

    /**
     * Inference over all examples of these slices, one by one.
     *
     * @param crops of each example, whose probabilities are averaged
     * @param keep what is kept of what the network says of an example
     */
    public <T> Predicted<T> predict(float[] weights, float[] buffers, int permits, int crops, Function<Scores, T> keep)
            throws InterruptedException {
        List<List<T>> bySlice = new ArrayList<>();
        replicas.forEach(replica -> bySlice.add(new ArrayList<>()));
        ThreadAllReduce meeting = new ThreadAllReduce(slices, first, replicas.size(), permits, RemoteAllReduce.NONE);
        List<double[]> statistics = meeting.run((slice, allReduce) -> {
            List<T> own = bySlice.get(slice - first);
            return replicas.get(slice - first).predict(weights, buffers, crops, scores -> own.add(keep.apply(scores)));
        });
        return new Predicted<>(
                slices,
                first,
                statistics,
                bySlice.stream().flatMap(List::stream).toList());
    }
}
