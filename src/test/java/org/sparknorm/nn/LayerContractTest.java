package org.sparknorm.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.nn.norm.BatchNorm;
import org.sparknorm.nn.norm.GroupNorm;
import org.sparknorm.nn.norm.LayerNorm;
import org.sparknorm.nn.norm.LocalResponseNorm;
import org.sparknorm.nn.norm.NormSpec;
import org.sparknorm.nn.norm.SwitchableNorm;
import org.sparknorm.sync.RemoteAllReduce;
import org.sparknorm.sync.ThreadAllReduce;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.BlasLibrary;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;
import org.sparknorm.tensor.Window;

/** What holds for every layer: shapes, gradients as central differences, gradients that add up, empty batches. */
@Tag("unit")
class LayerContractTest {
    private static final Blas BLAS =
            BlasLibrary.load(BlasLibrary.available().names().get(0));
    private static final int COUNT = 5;
    private static final double STEP = 1e-2;
    /**
     * Central differences with step h err by h²/6 times the third derivative, 1e-4 here for values of order one, and by
     * the float32 rounding of the loss over h, 1e-5.
     */
    private static final double TOLERANCE = 2e-3;

    /** Scores of attention are products of products: with weights of order one their third derivative is beyond that. */
    private static final float CALM = 0.4f;

    /**
     * A layer under test.
     *
     * @param deviation of its random parameters
     */
    private record Case(String name, Shape input, Supplier<Layer> layer, float deviation) {
        Case(String name, Shape input, Supplier<Layer> layer) {
            this(name, input, layer, 1f);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> layers() {
        return Stream.of(
                new Case("Linear", Shape.of(6), () -> linear("fc", 6, 4, true)),
                new Case("Linear without bias", Shape.of(6), () -> linear("fc", 6, 4, false)),
                new Case("Linear of one", Shape.of(1), () -> linear("fc", 1, 1, true)),
                new Case("ReLU", Shape.of(7), () -> new Activation(Activation.Kind.RELU)),
                new Case("sigmoid", Shape.of(7), () -> new Activation(Activation.Kind.SIGMOID)),
                new Case("tanh", Shape.of(2, 3, 2), () -> new Activation(Activation.Kind.TANH)),
                new Case("Flatten", Shape.of(2, 3, 2), () -> new View(View.Kind.FLAT)),
                new Case("BatchNorm of features", Shape.of(6), () -> norm(6, true)),
                new Case("BatchNorm of channels", Shape.of(3, 2, 4), () -> norm(4, true)),
                new Case("BatchNorm, each slice its own", Shape.of(6), () -> norm(6, false)),
                new Case("BatchNorm with sigmoid", Shape.of(2, 2, 3), () -> norm(3, Activation.Kind.SIGMOID)),
                new Case("BatchNorm per activation", Shape.of(2, 3, 2), LayerContractTest::perActivation),
                new Case("LayerNorm of features", Shape.of(20), () -> new LayerNorm("ln", 20, 1e-5)),
                new Case("LayerNorm of positions", Shape.of(3, 37), () -> new LayerNorm("ln", 37, 1e-5)),
                new Case("LayerNorm of images", Shape.of(3, 2, 4), () -> groups(4, 1, Activation.Kind.TANH)),
                new Case("GroupNorm", Shape.of(3, 2, 6), () -> groups(6, 3, Activation.Kind.NONE)),
                new Case("GroupNorm of features", Shape.of(6), () -> groups(6, 2, Activation.Kind.SIGMOID)),
                new Case("InstanceNorm", Shape.of(3, 2, 4), () -> groups(4, 4, Activation.Kind.NONE)),
                new Case("SwitchableNorm", Shape.of(3, 2, 4), () -> switchable(4, false, true)),
                new Case("SwitchableNorm of features", Shape.of(6), () -> switchable(6, true, true)),
                new Case("SwitchableNorm, each slice its own", Shape.of(3, 4), () -> switchable(4, false, false)),
                new Case("local response norm", Shape.of(2, 2, 7), LocalResponseNorm::new),
                new Case("Dropout", Shape.of(3, 4), () -> new Dropout("dropout", 0.4)),
                new Case("Linear of positions", Shape.of(3, 5), () -> linear("fc", 5, 4, true)),
                new Case("Attention", Shape.of(5, 6), () -> new Attention("attention", 6, 2, null, BLAS), CALM),
                new Case("positions", Shape.of(4, 3), () -> new PositionEmbedding("position", Shape.of(4, 3))),
                new Case("pixels as a sequence", Shape.of(3, 2, 4), () -> new View(View.Kind.PIXEL_SEQUENCE)),
                new Case("mean over positions", Shape.of(4, 3), GlobalAveragePool::new),
                new Case("Linear behind images", Shape.of(2, 3, 2), LayerContractTest::behindImages),
                new Case("Conv2d 1×1", Shape.of(3, 2, 4), () -> convolution("c", 4, 3, new Window(1, 1, 0), false)),
                new Case(
                        "Conv2d 1×1, stride 2",
                        Shape.of(5, 4, 3),
                        () -> convolution("c", 3, 2, new Window(1, 2, 0), true)),
                new Case("Conv2d 3×3", Shape.of(4, 5, 2), () -> convolution("c", 2, 3, new Window(3, 1, 1), true)),
                new Case(
                        "Conv2d 3×3 by rows",
                        Shape.of(9, 8, 8),
                        () -> convolution("c", 8, 1, new Window(3, 1, 1), false)),
                new Case(
                        "Conv2d 3×3, unpadded",
                        Shape.of(4, 5, 2),
                        () -> convolution("c", 2, 3, new Window(3, 1, 0), false)),
                new Case(
                        "Conv2d 3×3, wide padding",
                        Shape.of(2, 3, 2),
                        () -> convolution("c", 2, 2, new Window(3, 1, 3), true)),
                new Case(
                        "Conv2d 3×3, stride 2",
                        Shape.of(5, 6, 2),
                        () -> convolution("c", 2, 3, new Window(3, 2, 1), false)),
                new Case(
                        "Conv2d 3×3, stride 2, by rows",
                        Shape.of(17, 16, 8),
                        () -> convolution("c", 8, 1, new Window(3, 2, 1), false)),
                new Case(
                        "Conv2d 5×5, stride 3",
                        Shape.of(7, 6, 2),
                        () -> convolution("c", 2, 2, new Window(5, 3, 2), true)),
                new Case("Conv2d 2×2", Shape.of(4, 3, 2), () -> convolution("c", 2, 2, new Window(2, 1, 1), true)),
                new Case("max pool", Shape.of(4, 5, 2), () -> pool(Pool2d.Kind.MAX, new Window(2, 2, 0), false)),
                new Case(
                        "max pool, padded", Shape.of(4, 5, 2), () -> pool(Pool2d.Kind.MAX, new Window(3, 1, 1), false)),
                new Case(
                        "max pool, rounded up",
                        Shape.of(4, 6, 2),
                        () -> pool(Pool2d.Kind.MAX, new Window(3, 2, 0), true)),
                new Case(
                        "average pool", Shape.of(4, 5, 2), () -> pool(Pool2d.Kind.AVERAGE, new Window(3, 1, 1), false)),
                new Case(
                        "average pool, rounded up",
                        Shape.of(4, 6, 2),
                        () -> pool(Pool2d.Kind.AVERAGE, new Window(3, 2, 1), true)),
                new Case(
                        "average pool of the image",
                        Shape.of(4, 6, 2),
                        () -> pool(Pool2d.Kind.AVERAGE_OF_IMAGE, new Window(3, 2, 1), true)),
                new Case("global average pool", Shape.of(3, 2, 4), GlobalAveragePool::new),
                new Case("Residual", Shape.of(3, 3, 2), () -> residual(null)),
                new Case(
                        "Residual with a shortcut",
                        Shape.of(3, 3, 2),
                        () -> residual(convolution("down", 2, 2, new Window(1, 1, 0), false))),
                new Case("Residual without norm", Shape.of(3, 3, 2), LayerContractTest::residualWithoutNorm),
                new Case("Concat", Shape.of(4, 4, 2), LayerContractTest::branches),
                new Case("Sequential", Shape.of(3, 2), LayerContractTest::sequence));
    }

    private static Layer linear(String name, int in, int out, boolean bias) {
        return new Linear(new Linear.Specification(name, in, out, bias, true), BLAS);
    }

    private static Layer norm(int channels, boolean isSynchronized) {
        return new BatchNorm(new NormSpec("bn", channels, Activation.Kind.NONE), options(isSynchronized));
    }

    private static Layer norm(int channels, Activation.Kind activation) {
        return new BatchNorm(new NormSpec("bn", channels, activation), options(true));
    }

    private static BatchNorm.Options options(boolean isSynchronized) {
        return new BatchNorm.Options(1e-5, 0.9, isSynchronized);
    }

    private static Layer perActivation() {
        return BatchNorm.perActivation(
                new NormSpec("bn", 2, Activation.Kind.SIGMOID), options(true), Shape.of(2, 3, 2));
    }

    private static Layer groups(int channels, int groups, Activation.Kind activation) {
        return new GroupNorm(new NormSpec("gn", channels, activation), groups, 1e-5, null);
    }

    private static Layer switchable(int channels, boolean vectors, boolean isSynchronized) {
        return new SwitchableNorm(
                new NormSpec("sn", channels, Activation.Kind.TANH), options(isSynchronized), vectors, null);
    }

    private static Conv2d convolution(String name, int channels, int filters, Window window, boolean bias) {
        return new Conv2d(new Conv2d.Specification(name, channels, filters, window, bias, true), BLAS);
    }

    private static Layer pool(Pool2d.Kind kind, Window window, boolean roundUp) {
        return new Pool2d("pool", kind, window, roundUp);
    }

    private static Layer behindImages() {
        return new Sequential(List.of(
                new View(View.Kind.FLAT),
                Linear.behindImages(new Linear.Specification("fc", 12, 3, true, true), Shape.of(2, 3, 2), BLAS)));
    }

    /** The norm has its sums from the convolution before it. */
    private static Layer residual(Layer shortcut) {
        Conv2d convolution = convolution("conv", 2, 2, new Window(3, 1, 1), false);
        NormSpec norm = new NormSpec("bn", 2, Activation.Kind.NONE);
        List<Layer> body =
                List.of(convolution, new BatchNorm(norm, options(true), convolution.gatherStatistics(false)));
        return new Residual("block", body, shortcut, Activation.Kind.SIGMOID);
    }

    private static Layer residualWithoutNorm() {
        return new Residual(
                "block", List.of(convolution("conv", 2, 2, new Window(3, 1, 1), true)), null, Activation.Kind.TANH);
    }

    private static Layer branches() {
        return new Concat(
                "module",
                List.of(
                        convolution("a", 2, 3, new Window(1, 1, 0), false),
                        new Sequential(List.of(
                                pool(Pool2d.Kind.AVERAGE, new Window(3, 1, 1), false),
                                convolution("b", 2, 1, new Window(1, 1, 0), true))),
                        pool(Pool2d.Kind.MAX, new Window(3, 1, 1), false)));
    }

    private static Layer sequence() {
        return new Sequential(List.of(
                new View(View.Kind.FLAT),
                linear("fc1", 6, 5, true),
                norm(5, true),
                new Activation(Activation.Kind.TANH),
                linear("fc2", 5, 3, false)));
    }

    /** A layer with random parameters, run as the only slice. */
    private static final class Bench {
        private final Network network;
        private final float[] weights;
        private final float[] gradients;
        private final float[] outputGradient;

        Bench(Case subject) {
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
    @MethodSource("layers")
    void outputHasTheShapeAnnounced(Case subject) {
        Bench bench = new Bench(subject);
        Tensor y = alone(pass -> bench.network.layers().forward(bench.input(), pass));
        assertThat(y.shape())
                .isEqualTo(subject.layer().get().outputShape(subject.input()).batch(COUNT));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void inputGradientIsTheCentralDifference(Case subject) {
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
    @MethodSource("layers")
    void parameterGradientsAreCentralDifferences(Case subject) {
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
    @MethodSource("layers")
    void parameterGradientsAddUp(Case subject) {
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
    @MethodSource("layers")
    void directionsLeaveTheirArgumentsAlone(Case subject) {
        Bench bench = new Bench(subject);
        Tensor x = bench.input();
        float[] before = x.data().clone();
        float[] outputGradient = bench.outputGradient.clone();
        bench.gradientByInput(x);
        assertThat(x.data()).isEqualTo(before);
        assertThat(bench.outputGradient).isEqualTo(outputGradient);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void emptySliceTakesPartAndChangesNothing(Case subject) throws InterruptedException {
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
    @MethodSource("layers")
    void parametersKeepNamesAndOrder(Case subject) {
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
