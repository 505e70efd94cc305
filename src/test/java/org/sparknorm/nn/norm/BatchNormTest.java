package org.sparknorm.nn.norm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Pass;
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
    /** Means and variances differ by the order of double sums alone; the float32 results by a rounding or two. */
    private static final float TOLERANCE = 2e-6f;

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
        SlicedBatchNorm.Result whole =
                SlicedBatchNorm.run(new int[] {Arrays.stream(sizes).sum()}, true);
        SlicedBatchNorm.Result cut = SlicedBatchNorm.run(sizes, true);
        assertClose(cut.y(), whole.y());
        assertClose(cut.dx(), whole.dx());
        assertClose(cut.gradients(), whole.gradients());
        assertClose(cut.buffers(), whole.buffers());
    }

    @Test
    void outputsHaveMeanShiftAndVarianceScale() throws InterruptedException {
        float[] y = SlicedBatchNorm.run(new int[] {5, 7}, true).y();
        float[] parameters = SlicedBatchNorm.values("parameters", 2 * SlicedBatchNorm.CHANNELS);
        for (int c = 0; c < SlicedBatchNorm.CHANNELS; c++) {
            double sum = 0;
            double squares = 0;
            int count = y.length / SlicedBatchNorm.CHANNELS;
            for (int i = c; i < y.length; i += SlicedBatchNorm.CHANNELS) {
                sum += y[i];
                squares += (double) y[i] * y[i];
            }
            double mean = sum / count;
            assertThat(mean).isCloseTo(parameters[SlicedBatchNorm.CHANNELS + c], within(1e-6));
            // ε makes the variance smaller by a share of about ε.
            assertThat(squares / count - mean * mean).isCloseTo((double) parameters[c] * parameters[c], within(1e-4));
        }
    }

    @Test
    void runningVarianceIsUnbiasedAndDecayWeighsTheOldValue() throws InterruptedException {
        float[] buffers = SlicedBatchNorm.run(new int[] {12}, true).buffers();
        float[] x = SlicedBatchNorm.values("x", 12 * SlicedBatchNorm.EXAMPLE.size());
        int m = 12 * SlicedBatchNorm.POSITIONS;
        double sum = 0;
        for (int i = 0; i < x.length; i += SlicedBatchNorm.CHANNELS) {
            sum += x[i];
        }
        double mean = sum / m;
        double squaredDistance = 0;
        for (int i = 0; i < x.length; i += SlicedBatchNorm.CHANNELS) {
            squaredDistance += (x[i] - mean) * (x[i] - mean);
        }
        assertThat((double) buffers[0]).isCloseTo((1 - SlicedBatchNorm.DECAY) * mean, within(1e-7));
        assertThat((double) buffers[SlicedBatchNorm.CHANNELS])
                .isCloseTo(
                        SlicedBatchNorm.DECAY + (1 - SlicedBatchNorm.DECAY) * squaredDistance / (m - 1), within(1e-6));
    }

    @Test
    void withoutSynchronizationEachSliceIsABatchOfItsOwn() throws InterruptedException {
        SlicedBatchNorm.Result cut = SlicedBatchNorm.run(new int[] {5, 0, 7}, false);
        SlicedBatchNorm.Result first = SlicedBatchNorm.run(new int[] {5}, true);
        assertThat(Arrays.copyOf(cut.y(), 5 * SlicedBatchNorm.EXAMPLE.size())).isEqualTo(first.y());
        assertThat(Arrays.copyOf(cut.dx(), 5 * SlicedBatchNorm.EXAMPLE.size())).isEqualTo(first.dx());
    }

    @Test
    void withoutSynchronizationRunningStatisticsAreTheWeightedMeanOfTheSlices() throws InterruptedException {
        float[] cut = SlicedBatchNorm.run(new int[] {4, 0, 8}, false).buffers();
        float[] x = SlicedBatchNorm.values("x", 12 * SlicedBatchNorm.EXAMPLE.size());
        double first = meanOfChannel(x, 0, 4);
        double second = meanOfChannel(x, 4, 8);
        assertThat((double) cut[0])
                .isCloseTo((1 - SlicedBatchNorm.DECAY) * (first * 4 + second * 8) / 12, within(1e-7));
        double variances = (unbiasedVariance(x, 0, 4) * 4 + unbiasedVariance(x, 4, 8) * 8) / 12;
        assertThat((double) cut[SlicedBatchNorm.CHANNELS])
                .isCloseTo(SlicedBatchNorm.DECAY + (1 - SlicedBatchNorm.DECAY) * variances, within(1e-6));
    }

    /** In local mode nothing is copied: what a slice hands over others add to, and all slices share the answer. */
    @Test
    void arraysHandedOverAndAnswersReceivedAreNotKept() throws InterruptedException {
        Network plain = SlicedBatchNorm.network(true);
        Network scribbled = SlicedBatchNorm.network(true);
        float[] weights = SlicedBatchNorm.values("parameters", 2 * SlicedBatchNorm.CHANNELS);
        plain.bind(weights, new float[weights.length], null);
        scribbled.bind(weights, new float[weights.length], null);
        Tensor x = new Tensor(
                SlicedBatchNorm.values("x", 6 * SlicedBatchNorm.EXAMPLE.size()), SlicedBatchNorm.EXAMPLE.batch(6));
        Tensor dy = new Tensor(
                SlicedBatchNorm.values("dy", 6 * SlicedBatchNorm.EXAMPLE.size()), SlicedBatchNorm.EXAMPLE.batch(6));
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
        Network network = SlicedBatchNorm.network(true);
        float[] buffers = {1, 2, 3, 4, 5, 4, 4, 4, 4, 4};
        float[] weights = {1, 1, 1, 1, 1, 0.5f, 0, 0, 0, 0};
        network.bind(weights, new float[weights.length], buffers);
        Tensor x = new Tensor(new float[] {3, 2, 3, 4, 7}, Shape.of(1, 1, SlicedBatchNorm.CHANNELS));
        float[] y = network.layers().forward(x, Pass.inference(new Scratch())).data();
        // (3 − 1)/√(4 + ε) + 0.5 and (7 − 5)/√(4 + ε)
        assertThat(y[0]).isCloseTo(1.5f, within(1e-5f));
        assertThat(y[4]).isCloseTo(1f, within(1e-5f));
    }

    @Test
    void oneValueAChannelIsAnErrorThatSaysSo() {
        Network network = new Network(
                new BatchNorm(
                        new NormSpec("bn1", SlicedBatchNorm.CHANNELS, Activation.Kind.NONE),
                        SlicedBatchNorm.options(true)),
                Shape.of(SlicedBatchNorm.CHANNELS));
        network.bind(
                network.initialWeights(null, 1), new float[2 * SlicedBatchNorm.CHANNELS], network.initialBuffers());
        assertThatThrownBy(() -> new ThreadAllReduce(1, 0, 1, 1, RemoteAllReduce.NONE)
                        .run((slice, allReduce) -> network.layers()
                                .forward(
                                        Tensor.zeros(Shape.of(1, SlicedBatchNorm.CHANNELS)),
                                        Pass.training(RandomSource.of(1, "layers"), allReduce, new Scratch()))))
                .hasMessage(
                        "bn1 sees 1 value per channel, and a variance needs two; raise batch-size, or lower slices where these"
                                + " are normalized alone");
    }

    @Test
    void examplesOfOtherChannelsAreRefusedByName() {
        assertThatThrownBy(() -> SlicedBatchNorm.network(true).layers().outputShape(Shape.of(7, 3)))
                .hasMessage("bn1 of 5 channels does not fit examples of shape [7, 3]");
    }

    private static double meanOfChannel(float[] x, int firstExample, int examples) {
        double sum = 0;
        int from = firstExample * SlicedBatchNorm.EXAMPLE.size();
        for (int i = from; i < from + examples * SlicedBatchNorm.EXAMPLE.size(); i += SlicedBatchNorm.CHANNELS) {
            sum += x[i];
        }
        return sum / (examples * SlicedBatchNorm.POSITIONS);
    }

    private static double unbiasedVariance(float[] x, int firstExample, int examples) {
        double mean = meanOfChannel(x, firstExample, examples);
        double sum = 0;
        int from = firstExample * SlicedBatchNorm.EXAMPLE.size();
        for (int i = from; i < from + examples * SlicedBatchNorm.EXAMPLE.size(); i += SlicedBatchNorm.CHANNELS) {
            sum += (x[i] - mean) * (x[i] - mean);
        }
        return sum / (examples * SlicedBatchNorm.POSITIONS - 1);
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
