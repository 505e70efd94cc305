package org.sparknorm.nn.norm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Pass;
import org.sparknorm.nn.Sequential;
import org.sparknorm.sync.AllReduce;
import org.sparknorm.sync.RemoteAllReduce;
import org.sparknorm.sync.ThreadAllReduce;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/** Batch norm over slices is batch norm over the whole batch, however the batch is cut. */
@Tag("unit")
class BatchNormTest {
    private static final int CHANNELS = 5;
    private static final int POSITIONS = 3;
    private static final double EPSILON = 1e-5;
    private static final double DECAY = 0.9;
    private static final Shape EXAMPLE = Shape.of(POSITIONS, CHANNELS);
    /** Means and variances differ by the order of double sums alone; the float32 results by a rounding or two. */
    private static final float TOLERANCE = 2e-6f;

    /** All that a batch norm makes of a batch, slices joined. */
    private record Result(float[] y, float[] dx, float[] gradients, float[] buffers) {}

    static Stream<int[]> cuts() {
        return Stream.of(
                new int[] {12},
                new int[] {6, 6},
                new int[] {1, 11},
                new int[] {0, 5, 0, 7},
                new int[] {3, 1, 2, 6, 0},
                new int[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
                new int[] {0, 0, 0, 0, 0, 0, 12});
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void slicesTogetherAreOneReplicaOnTheWholeBatch(int[] sizes) throws InterruptedException {
        Result whole = run(new int[] {Arrays.stream(sizes).sum()}, true);
        Result cut = run(sizes, true);
        assertClose(cut.y(), whole.y());
        assertClose(cut.dx(), whole.dx());
        assertClose(cut.gradients(), whole.gradients());
        assertClose(cut.buffers(), whole.buffers());
    }

    @Test
    void outputsHaveMeanShiftAndVarianceScale() throws InterruptedException {
        float[] y = run(new int[] {5, 7}, true).y();
        float[] parameters = values("parameters", 2 * CHANNELS);
        for (int c = 0; c < CHANNELS; c++) {
            double sum = 0;
            double squares = 0;
            int count = y.length / CHANNELS;
            for (int i = c; i < y.length; i += CHANNELS) {
                sum += y[i];
                squares += (double) y[i] * y[i];
            }
            double mean = sum / count;
            assertThat(mean).isCloseTo(parameters[CHANNELS + c], within(1e-6));
            // ε makes the variance smaller by a share of about ε.
            assertThat(squares / count - mean * mean).isCloseTo((double) parameters[c] * parameters[c], within(1e-4));
        }
    }

    @Test
    void runningVarianceIsUnbiasedAndDecayWeighsTheOldValue() throws InterruptedException {
        float[] buffers = run(new int[] {12}, true).buffers();
        float[] x = values("x", 12 * EXAMPLE.size());
        int m = 12 * POSITIONS;
        double sum = 0;
        for (int i = 0; i < x.length; i += CHANNELS) {
            sum += x[i];
        }
        double mean = sum / m;
        double squaredDistance = 0;
        for (int i = 0; i < x.length; i += CHANNELS) {
            squaredDistance += (x[i] - mean) * (x[i] - mean);
        }
        assertThat((double) buffers[0]).isCloseTo((1 - DECAY) * mean, within(1e-7));
        assertThat((double) buffers[CHANNELS]).isCloseTo(DECAY + (1 - DECAY) * squaredDistance / (m - 1), within(1e-6));
    }

    @Test
    void withoutSynchronizationEachSliceIsABatchOfItsOwn() throws InterruptedException {
        Result cut = run(new int[] {5, 0, 7}, false);
        Result first = run(new int[] {5}, true);
        assertThat(Arrays.copyOf(cut.y(), 5 * EXAMPLE.size())).isEqualTo(first.y());
        assertThat(Arrays.copyOf(cut.dx(), 5 * EXAMPLE.size())).isEqualTo(first.dx());
    }

    @Test
    void withoutSynchronizationRunningStatisticsAreTheWeightedMeanOfTheSlices() throws InterruptedException {
        float[] cut = run(new int[] {4, 0, 8}, false).buffers();
        float[] x = values("x", 12 * EXAMPLE.size());
        double first = meanOfChannel(x, 0, 4);
        double second = meanOfChannel(x, 4, 8);
        assertThat((double) cut[0]).isCloseTo((1 - DECAY) * (first * 4 + second * 8) / 12, within(1e-7));
        double variances = (unbiasedVariance(x, 0, 4) * 4 + unbiasedVariance(x, 4, 8) * 8) / 12;
        assertThat((double) cut[CHANNELS]).isCloseTo(DECAY + (1 - DECAY) * variances, within(1e-6));
    }

    /** In local mode nothing is copied: what a slice hands over others add to, and all slices share the answer. */
    @Test
    void arraysHandedOverAndAnswersReceivedAreNotKept() throws InterruptedException {
        Network plain = network(true);
        Network scribbled = network(true);
        float[] weights = values("parameters", 2 * CHANNELS);
        plain.bind(weights, new float[weights.length], null);
        scribbled.bind(weights, new float[weights.length], null);
        Tensor x = new Tensor(values("x", 6 * EXAMPLE.size()), EXAMPLE.batch(6));
        Tensor dy = new Tensor(values("dy", 6 * EXAMPLE.size()), EXAMPLE.batch(6));
        Pass own = Pass.training(RandomSource.of(1, "layers"), new Echo(), new Scratch());
        Pass scribbling = Pass.training(RandomSource.of(1, "layers"), new Scribbler(), new Scratch());
        plain.layers().forward(x, own);
        scribbled.layers().forward(x, scribbling);
        Tensor expected = plain.layers().backward(dy, own);
        Tensor actual = scribbled.layers().backward(dy, scribbling);
        assertThat(actual.data()).isEqualTo(expected.data());
        assertThat(scribbled.parameters().get(0).gradients())
                .isEqualTo(plain.parameters().get(0).gradients());
    }

    /** One slice alone: the sum is what it gave. */
    private static class Echo implements AllReduce {
        @Override
        public double[] sum(String name, double[] values) {
            return values;
        }
    }

    /** Spoils, at each sum, what it was given and what it answered at the one before. */
    private static final class Scribbler extends Echo {
        private final List<double[]> seen = new ArrayList<>();

        @Override
        public double[] sum(String name, double[] values) {
            seen.forEach(array -> Arrays.fill(array, Double.NaN));
            double[] answer = values.clone();
            Arrays.fill(values, Double.NaN);
            seen.add(answer);
            return answer;
        }
    }

    @Test
    void inferenceUsesRunningStatistics() {
        Network network = network(true);
        float[] buffers = {1, 2, 3, 4, 5, 4, 4, 4, 4, 4};
        float[] weights = {1, 1, 1, 1, 1, 0.5f, 0, 0, 0, 0};
        network.bind(weights, new float[weights.length], buffers);
        Tensor x = new Tensor(new float[] {3, 2, 3, 4, 7}, Shape.of(1, 1, CHANNELS));
        float[] y = network.layers().forward(x, Pass.inference(new Scratch())).data();
        // (3 − 1)/√(4 + ε) + 0.5 and (7 − 5)/√(4 + ε)
        assertThat(y[0]).isCloseTo(1.5f, within(1e-5f));
        assertThat(y[4]).isCloseTo(1f, within(1e-5f));
    }

    @Test
    void oneValueAChannelIsAnErrorThatSaysSo() {
        Network network = new Network(
                new BatchNorm(new NormSpec("bn1", CHANNELS, Activation.Kind.NONE), options(true)), Shape.of(CHANNELS));
        network.bind(network.initialWeights(null, 1), new float[2 * CHANNELS], network.initialBuffers());
        assertThatThrownBy(() -> new ThreadAllReduce(1, 0, 1, 1, RemoteAllReduce.NONE)
                        .run((slice, allReduce) -> network.layers()
                                .forward(
                                        Tensor.zeros(Shape.of(1, CHANNELS)),
                                        Pass.training(RandomSource.of(1, "layers"), allReduce, new Scratch()))))
                .hasMessage(
                        "bn1 sees 1 value a channel, and a variance needs two; raise batch-size, or lower slices where these"
                                + " are normalized alone");
    }

    @Test
    void examplesOfOtherChannelsAreRefusedByName() {
        assertThatThrownBy(() -> network(true).layers().outputShape(Shape.of(7, 3)))
                .hasMessage("bn1 of 5 channels does not fit examples of shape [7, 3]");
    }

    private static Result run(int[] sizes, boolean isSynchronized) throws InterruptedException {
        return run(sizes, () -> network(isSynchronized));
    }

    private static Result run(int[] sizes, Supplier<Network> network) throws InterruptedException {
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

    @ParameterizedTest
    @EnumSource(Activation.Kind.class)
    void activationInTheSamePassIsThatBehind(Activation.Kind kind) throws InterruptedException {
        int[] sizes = {3, 0, 9};
        Result fused = run(sizes, () -> network(norm(true, kind)));
        Result apart = run(
                sizes, () -> network(new Sequential(List.of(norm(true, Activation.Kind.NONE), new Activation(kind)))));
        assertThat(fused.y()).isEqualTo(apart.y());
        assertThat(fused.dx()).isEqualTo(apart.dx());
        assertThat(fused.gradients()).isEqualTo(apart.gradients());
    }

    @Test
    void rectifyingTheInputIsAnActivationBefore() throws InterruptedException {
        int[] sizes = {3, 0, 9};
        NormSpec rectifying = new NormSpec("bn1", CHANNELS, true, Activation.Kind.NONE);
        Result fused = run(sizes, () -> network(new BatchNorm(rectifying, options(true))));
        Result apart = run(
                sizes,
                () -> network(new Sequential(
                        List.of(new Activation(Activation.Kind.RELU), norm(true, Activation.Kind.NONE)))));
        assertThat(fused.y()).isEqualTo(apart.y());
        assertThat(fused.dx()).isEqualTo(apart.dx());
        assertThat(fused.gradients()).isEqualTo(apart.gradients());
        assertThat(fused.buffers()).isEqualTo(apart.buffers());
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

    private static Network network(boolean isSynchronized) {
        return network(norm(isSynchronized, Activation.Kind.NONE));
    }

    private static Network network(Layer layers) {
        return new Network(layers, EXAMPLE);
    }

    private static Layer norm(boolean isSynchronized, Activation.Kind activation) {
        return new BatchNorm(new NormSpec("bn1", CHANNELS, activation), options(isSynchronized));
    }

    private static BatchNorm.Options options(boolean isSynchronized) {
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

    private static double meanOfChannel(float[] x, int firstExample, int examples) {
        double sum = 0;
        int from = firstExample * EXAMPLE.size();
        for (int i = from; i < from + examples * EXAMPLE.size(); i += CHANNELS) {
            sum += x[i];
        }
        return sum / (examples * POSITIONS);
    }

    private static double unbiasedVariance(float[] x, int firstExample, int examples) {
        double mean = meanOfChannel(x, firstExample, examples);
        double sum = 0;
        int from = firstExample * EXAMPLE.size();
        for (int i = from; i < from + examples * EXAMPLE.size(); i += CHANNELS) {
            sum += (x[i] - mean) * (x[i] - mean);
        }
        return sum / (examples * POSITIONS - 1);
    }

    private static float[] values(String purpose, int size) {
        RandomSource random = RandomSource.of(5, purpose);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (2 + 3 * random.gaussian(i));
        }
        return values;
    }

    private static void assertClose(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i])
                    .as("[%d]", i)
                    .isCloseTo(expected[i], within(TOLERANCE * (10 + Math.abs(expected[i]))));
        }
    }
}
