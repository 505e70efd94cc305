package org.sparknorm.nn;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.sparknorm.nn.norm.BatchNorm;
import org.sparknorm.nn.norm.GroupNorm;
import org.sparknorm.nn.norm.LayerNorm;
import org.sparknorm.nn.norm.LocalResponseNorm;
import org.sparknorm.nn.norm.NormSpec;
import org.sparknorm.nn.norm.SwitchableNorm;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.BlasLibrary;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Window;

/**
 * A layer under test.
 *
 * @param deviation of its random parameters
 */
record LayerCase(String name, Shape input, Supplier<Layer> layer, float deviation) {
    private static final Blas BLAS =
            BlasLibrary.load(BlasLibrary.available().names().get(0));

    /**
     * Scores of attention are products of products: with weights of order one their third derivative is beyond that.
     */
    private static final float CALM = 0.4f;

    LayerCase(String name, Shape input, Supplier<Layer> layer) {
        this(name, input, layer, 1f);
    }

    @Override
    public String toString() {
        return name;
    }

    static Stream<LayerCase> layers() {
        return Stream.of(
                new LayerCase("Linear", Shape.of(6), () -> linear("fc", 6, 4, true)),
                new LayerCase("Linear without bias", Shape.of(6), () -> linear("fc", 6, 4, false)),
                new LayerCase("Linear of one", Shape.of(1), () -> linear("fc", 1, 1, true)),
                new LayerCase("ReLU", Shape.of(7), () -> new Activation(Activation.Kind.RELU)),
                new LayerCase("sigmoid", Shape.of(7), () -> new Activation(Activation.Kind.SIGMOID)),
                new LayerCase("tanh", Shape.of(2, 3, 2), () -> new Activation(Activation.Kind.TANH)),
                new LayerCase("Flatten", Shape.of(2, 3, 2), () -> new View(View.Kind.FLAT)),
                new LayerCase("BatchNorm of features", Shape.of(6), () -> norm(6, true)),
                new LayerCase("BatchNorm of channels", Shape.of(3, 2, 4), () -> norm(4, true)),
                new LayerCase("BatchNorm, each slice its own", Shape.of(6), () -> norm(6, false)),
                new LayerCase("BatchNorm with sigmoid", Shape.of(2, 2, 3), () -> norm(3, Activation.Kind.SIGMOID)),
                new LayerCase("BatchNorm per activation", Shape.of(2, 3, 2), LayerCase::perActivation),
                new LayerCase("LayerNorm of features", Shape.of(20), () -> new LayerNorm("ln", 20, 1e-5)),
                new LayerCase("LayerNorm of positions", Shape.of(3, 37), () -> new LayerNorm("ln", 37, 1e-5)),
                new LayerCase("LayerNorm of images", Shape.of(3, 2, 4), () -> groups(4, 1, Activation.Kind.TANH)),
                new LayerCase("GroupNorm", Shape.of(3, 2, 6), () -> groups(6, 3, Activation.Kind.NONE)),
                new LayerCase("GroupNorm of features", Shape.of(6), () -> groups(6, 2, Activation.Kind.SIGMOID)),
                new LayerCase("InstanceNorm", Shape.of(3, 2, 4), () -> groups(4, 4, Activation.Kind.NONE)),
                new LayerCase("SwitchableNorm", Shape.of(3, 2, 4), () -> switchable(4, false, true)),
                new LayerCase("SwitchableNorm of features", Shape.of(6), () -> switchable(6, true, true)),
                new LayerCase("SwitchableNorm, each slice its own", Shape.of(3, 4), () -> switchable(4, false, false)),
                new LayerCase("local response norm", Shape.of(2, 2, 7), LocalResponseNorm::new),
                new LayerCase("Dropout", Shape.of(3, 4), () -> new Dropout("dropout", 0.4)),
                new LayerCase("Linear of positions", Shape.of(3, 5), () -> linear("fc", 5, 4, true)),
                new LayerCase("Attention", Shape.of(5, 6), () -> new Attention("attention", 6, 2, null, BLAS), CALM),
                new LayerCase("positions", Shape.of(4, 3), () -> new PositionEmbedding("position", Shape.of(4, 3))),
                new LayerCase("pixels as a sequence", Shape.of(3, 2, 4), () -> new View(View.Kind.PIXEL_SEQUENCE)),
                new LayerCase("mean over positions", Shape.of(4, 3), GlobalAveragePool::new),
                new LayerCase("Linear after images", Shape.of(2, 3, 2), LayerCase::afterImages),
                new LayerCase(
                        "Conv2d 1×1", Shape.of(3, 2, 4), () -> convolution("c", 4, 3, new Window(1, 1, 0), false)),
                new LayerCase(
                        "Conv2d 1×1, stride 2",
                        Shape.of(5, 4, 3),
                        () -> convolution("c", 3, 2, new Window(1, 2, 0), true)),
                new LayerCase("Conv2d 3×3", Shape.of(4, 5, 2), () -> convolution("c", 2, 3, new Window(3, 1, 1), true)),
                new LayerCase(
                        "Conv2d 3×3 by rows",
                        Shape.of(9, 8, 8),
                        () -> convolution("c", 8, 1, new Window(3, 1, 1), false)),
                new LayerCase(
                        "Conv2d 3×3, unpadded",
                        Shape.of(4, 5, 2),
                        () -> convolution("c", 2, 3, new Window(3, 1, 0), false)),
                new LayerCase(
                        "Conv2d 3×3, wide padding",
                        Shape.of(2, 3, 2),
                        () -> convolution("c", 2, 2, new Window(3, 1, 3), true)),
                new LayerCase(
                        "Conv2d 3×3, stride 2",
                        Shape.of(5, 6, 2),
                        () -> convolution("c", 2, 3, new Window(3, 2, 1), false)),
                new LayerCase(
                        "Conv2d 3×3, stride 2, by rows",
                        Shape.of(17, 16, 8),
                        () -> convolution("c", 8, 1, new Window(3, 2, 1), false)),
                new LayerCase(
                        "Conv2d 5×5, stride 3",
                        Shape.of(7, 6, 2),
                        () -> convolution("c", 2, 2, new Window(5, 3, 2), true)),
                new LayerCase("Conv2d 2×2", Shape.of(4, 3, 2), () -> convolution("c", 2, 2, new Window(2, 1, 1), true)),
                new LayerCase("max pool", Shape.of(4, 5, 2), () -> pool(Pool2d.Kind.MAX, new Window(2, 2, 0), false)),
                new LayerCase(
                        "max pool, padded", Shape.of(4, 5, 2), () -> pool(Pool2d.Kind.MAX, new Window(3, 1, 1), false)),
                new LayerCase(
                        "max pool, rounded up",
                        Shape.of(4, 6, 2),
                        () -> pool(Pool2d.Kind.MAX, new Window(3, 2, 0), true)),
                new LayerCase(
                        "average pool", Shape.of(4, 5, 2), () -> pool(Pool2d.Kind.AVERAGE, new Window(3, 1, 1), false)),
                new LayerCase(
                        "average pool, rounded up",
                        Shape.of(4, 6, 2),
                        () -> pool(Pool2d.Kind.AVERAGE, new Window(3, 2, 1), true)),
                new LayerCase(
                        "average pool of the image",
                        Shape.of(4, 6, 2),
                        () -> pool(Pool2d.Kind.AVERAGE_OF_IMAGE, new Window(3, 2, 1), true)),
                new LayerCase("global average pool", Shape.of(3, 2, 4), GlobalAveragePool::new),
                new LayerCase("Residual", Shape.of(3, 3, 2), () -> residual(null)),
                new LayerCase(
                        "Residual with a shortcut",
                        Shape.of(3, 3, 2),
                        () -> residual(convolution("down", 2, 2, new Window(1, 1, 0), false))),
                new LayerCase("Residual without norm", Shape.of(3, 3, 2), LayerCase::residualWithoutNorm),
                new LayerCase("Concat", Shape.of(4, 4, 2), LayerCase::branches),
                new LayerCase("Sequential", Shape.of(3, 2), LayerCase::sequence));
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

    private static Layer afterImages() {
        return new Sequential(List.of(
                new View(View.Kind.FLAT),
                Linear.afterImages(new Linear.Specification("fc", 12, 3, true, true), Shape.of(2, 3, 2), BLAS)));
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
}
