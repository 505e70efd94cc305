package org.sparknorm.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.sync.RemoteAllReduce;
import org.sparknorm.sync.ThreadAllReduce;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/** What holds for every layer: shapes, gradients as central differences, gradients that add up, empty batches. */
@Tag("unit")
class LayerContractTest {
    private static final int COUNT = 5;
    private static final double STEP = 1e-2;
    /**
     * Central differences with step h err by h²/6 times the third derivative, 1e-4 here for values of order one, and by
     * the float32 rounding of the loss over h, 1e-5.
     */
    private static final double TOLERANCE = 2e-3;

    /** A layer with random parameters, run as the only slice. */
    private static final class Bench {
        private final Network network;
        private final float[] weights;
        private final float[] gradients;
        private final float[] outputGradient;

        Bench(LayerCase subject) {
            network = new Network(subject.layer().get(), subject.input());
            weights = random("weights", network.weightCount());
            for (int i = 0; i < weights.length; i++) {
                weights[i] *= subject.deviation();
            }
            gradients = new float[network.weightCount()];
            outputGradient = random("dy", COUNT * network.classes());
            network.bind(weights, gradients, network.initialBuffers());
        }

        Tensor input() {
            Shape shape = network.input().batch(COUNT);
            float[] values = random("x", shape.size());
            for (int i = 0; i < values.length; i++) {
                // Away from 0, where ReLU has no derivative.
                values[i] += Math.copySign(0.1f, values[i]);
            }
            return new Tensor(values, shape);
        }

        /** Σ dy·y: a loss whose gradient by y is dy. */
        double loss(Tensor x) {
            return alone(pass -> {
                Tensor y = network.layers().forward(x, pass);
                double sum = 0;
                for (int i = 0; i < y.size(); i++) {
                    sum += (double) outputGradient[i] * y.data()[i];
                }
                return sum;
            });
        }

        float[] gradientByInput(Tensor x) {
            return alone(pass -> {
                Tensor y = network.layers().forward(x, pass);
                Tensor dx = network.layers().backward(new Tensor(outputGradient, y.shape()), pass);
                return Arrays.copyOf(dx.data(), dx.size());
            });
        }

        private static float[] random(String purpose, int size) {
            RandomSource random = RandomSource.of(11, purpose);
            float[] values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = (float) random.gaussian(i);
            }
            return values;
        }
    }

    private interface Trip<R> {
        R run(Pass pass);
    }

    private static <R> R alone(Trip<R> trip) {
        try {
            return new ThreadAllReduce(1, 0, 1, 1, RemoteAllReduce.NONE)
                    .run((slice, allReduce) ->
                            trip.run(Pass.training(RandomSource.of(1, "layers"), allReduce, new Scratch())))
                    .get(0);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("org.sparknorm.nn.LayerCase#layers")
    void outputHasTheShapeAnnounced(LayerCase subject) {
        Bench bench = new Bench(subject);
        Tensor y = alone(pass -> bench.network.layers().forward(bench.input(), pass));
        assertThat(y.shape())
                .isEqualTo(subject.layer().get().outputShape(subject.input()).batch(COUNT));
    }

    @ParameterizedTest
    @MethodSource("org.sparknorm.nn.LayerCase#layers")
    void inputGradientIsTheCentralDifference(LayerCase subject) {
        Bench bench = new Bench(subject);
        Tensor x = bench.input();
        float[] gradient = bench.gradientByInput(x);
        for (int i = 0; i < x.size(); i++) {
            assertThat((double) gradient[i])
                    .as("dx[%d]", i)
                    .isCloseTo(difference(bench, x, x.data(), i), within(tolerance(gradient[i])));
        }
    }

    @ParameterizedTest
    @MethodSource("org.sparknorm.nn.LayerCase#layers")
    void parameterGradientsAreCentralDifferences(LayerCase subject) {
        Bench bench = new Bench(subject);
        Tensor x = bench.input();
        bench.gradientByInput(x);
        for (int i = 0; i < bench.weights.length; i++) {
            assertThat((double) bench.gradients[i])
                    .as("gradient[%d]", i)
                    .isCloseTo(difference(bench, x, bench.weights, i), within(tolerance(bench.gradients[i])));
        }
    }

    @ParameterizedTest
    @MethodSource("org.sparknorm.nn.LayerCase#layers")
    void parameterGradientsAddUp(LayerCase subject) {
        Bench bench = new Bench(subject);
        Tensor x = bench.input();
        bench.gradientByInput(x);
        float[] once = bench.gradients.clone();
        bench.gradientByInput(x);
        for (int i = 0; i < once.length; i++) {
            // The products are added into what is there in another order than into zero: a few roundings.
            assertThat(bench.gradients[i]).isCloseTo(2 * once[i], within(1e-5f * (1 + Math.abs(once[i]))));
        }
    }

    @ParameterizedTest
    @MethodSource("org.sparknorm.nn.LayerCase#layers")
    void directionsLeaveTheirArgumentsAlone(LayerCase subject) {
        Bench bench = new Bench(subject);
        Tensor x = bench.input();
        float[] before = x.data().clone();
        float[] outputGradient = bench.outputGradient.clone();
        bench.gradientByInput(x);
        assertThat(x.data()).isEqualTo(before);
        assertThat(bench.outputGradient).isEqualTo(outputGradient);
    }

    @ParameterizedTest
    @MethodSource("org.sparknorm.nn.LayerCase#layers")
    void emptySliceTakesPartAndChangesNothing(LayerCase subject) throws InterruptedException {
        List<Bench> benches = new ArrayList<>(List.of(new Bench(subject), new Bench(subject)));
        float[] alone = new Bench(subject).gradientByInput(benches.get(0).input());
        List<float[]> results = new ThreadAllReduce(2, 0, 2, 1, RemoteAllReduce.NONE).run((slice, allReduce) -> {
            Bench bench = benches.get(slice);
            Pass pass = Pass.training(RandomSource.of(1, "layers"), allReduce, new Scratch());
            Tensor x = slice == 0 ? bench.input() : Tensor.zeros(subject.input().batch(0));
            Tensor y = bench.network.layers().forward(x, pass);
            Tensor dx = bench.network.layers().backward(new Tensor(bench.outputGradient, y.shape()), pass);
            return Arrays.copyOf(dx.data(), dx.size());
        });
        assertThat(results.get(0)).isEqualTo(alone);
        assertThat(results.get(1)).isEmpty();
        assertThat(benches.get(1).gradients).isEqualTo(new float[benches.get(1).gradients.length]);
    }

    @ParameterizedTest
    @MethodSource("org.sparknorm.nn.LayerCase#layers")
    void parametersKeepNamesAndOrder(LayerCase subject) {
        List<String> names = names(subject.layer().get());
        assertThat(names)
                .doesNotHaveDuplicates()
                .isEqualTo(names(subject.layer().get()));
    }

    private static List<String> names(Layer layer) {
        return layer.parameters().stream().map(Parameter::name).toList();
    }

    private static double difference(Bench bench, Tensor x, float[] values, int index) {
        float value = values[index];
        values[index] = (float) (value + STEP);
        double above = bench.loss(x);
        values[index] = (float) (value - STEP);
        double below = bench.loss(x);
        values[index] = value;
        return (above - below) / (2 * STEP);
    }

    private static double tolerance(double gradient) {
        return TOLERANCE * (1 + Math.abs(gradient));
    }
}
