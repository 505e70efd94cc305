package org.sparknorm.nn.norm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Pass;
import org.sparknorm.sync.RemoteAllReduce;
import org.sparknorm.sync.ThreadAllReduce;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/** A batch norm over the slices of a batch, forward and backward. */
final class SlicedBatchNorm {
    static final int CHANNELS = 5;
    static final int POSITIONS = 3;
    static final double EPSILON = 1e-5;
    static final double DECAY = 0.9;
    static final Shape EXAMPLE = Shape.of(POSITIONS, CHANNELS);

    /** All that a batch norm makes of a batch, slices joined. */
    record Result(float[] y, float[] dx, float[] gradients, float[] buffers) {}

    private SlicedBatchNorm() {}

    static Result run(int[] sizes, boolean isSynchronized) throws InterruptedException {
        return run(sizes, () -> network(isSynchronized));
    }

    static Result run(int[] sizes, Supplier<Network> network) throws InterruptedException {
        List<Network> networks = new ArrayList<>();
        float[] weights = values("parameters", 2 * CHANNELS);
        List<float[]> gradients = new ArrayList<>();
        int[] starts = new int[sizes.length];
        for (int slice = 0; slice < sizes.length; slice++) {
            networks.add(network.get());
            gradients.add(new float[weights.length]);
            networks.get(slice).bind(weights, gradients.get(slice), null);
            starts[slice] = slice == 0 ? 0 : starts[slice - 1] + sizes[slice - 1];
        }
        int total = Arrays.stream(sizes).sum() * EXAMPLE.size();
        float[] x = values("x", total);
        float[] dy = values("dy", total);
        float[] y = new float[total];
        float[] dx = new float[total];
        new ThreadAllReduce(sizes.length, 0, sizes.length, 2, RemoteAllReduce.NONE).run((slice, allReduce) -> {
            Pass pass = Pass.training(RandomSource.of(1, "layers"), allReduce, new Scratch());
            int from = starts[slice] * EXAMPLE.size();
            int to = from + sizes[slice] * EXAMPLE.size();
            Shape shape = EXAMPLE.batch(sizes[slice]);
            Network own = networks.get(slice);
            Tensor out = own.layers().forward(new Tensor(Arrays.copyOfRange(x, from, to), shape), pass);
            System.arraycopy(out.data(), 0, y, from, to - from);
            Tensor down = own.layers().backward(new Tensor(Arrays.copyOfRange(dy, from, to), shape), pass);
            System.arraycopy(down.data(), 0, dx, from, to - from);
            return slice;
        });
        return new Result(y, dx, sum(gradients), buffers(networks));
    }

    private static float[] buffers(List<Network> networks) {
        Network network = networks.get(0);
        double[] observations = new double[network.observationCount()];
        for (int slice = 0; slice < networks.size(); slice++) {
            double[] own = new double[observations.length];
            networks.get(slice).contributeObservations(slice, own, 0);
            for (int i = 0; i < own.length; i++) {
                observations[i] += own[i];
            }
        }
        float[] buffers = network.initialBuffers();
        network.updateBuffers(buffers, observations, 0);
        return buffers;
    }

    static Network network(boolean isSynchronized) {
        return network(norm(isSynchronized, Activation.Kind.NONE));
    }

    static Network network(Layer layers) {
        return new Network(layers, EXAMPLE);
    }

    static Layer norm(boolean isSynchronized, Activation.Kind activation) {
        return new BatchNorm(new NormSpec("bn1", CHANNELS, activation), options(isSynchronized));
    }

    static BatchNorm.Options options(boolean isSynchronized) {
        return new BatchNorm.Options(EPSILON, DECAY, isSynchronized);
    }

    private static float[] sum(List<float[]> gradients) {
        float[] sum = new float[gradients.get(0).length];
        for (float[] gradient : gradients) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += gradient[i];
            }
        }
        return sum;
    }

    static float[] values(String purpose, int size) {
        RandomSource random = RandomSource.of(5, purpose);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (2 + 3 * random.gaussian(i));
        }
        return values;
    }
}
