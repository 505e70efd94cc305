package org.sparknorm.tensor.convolution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.BlasLibrary;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Window;

/** Every way of convolving is the sum of its definition, computed in double: sizes that tiles do not divide, odd windows. */
@Tag("unit")
class ConvolutionTest {
    private static final Blas BLAS =
            BlasLibrary.load(BlasLibrary.available().names().get(0));

    /**
     * Times the root of the sum of the squared products: a sum of n float products errs by about √n roundings of 6e-8.
     * Winograd's transforms mix the values of a tile, so its error goes with the largest sums. Measured: at most 2e-6, and 2e-5 for Winograd.
     */
    private static final double TOLERANCE = 1e-5;

    private static final double WINOGRAD_TOLERANCE = 5e-5;

    /** A convolution of some images. */
    private record Case(String way, int images, ConvolutionGeometry geometry) {
        static Case of(String way, int images, int height, int width, int channels, int filters, Window window) {
            return new Case(way, images, new ConvolutionGeometry(window, height, width, channels, filters));
        }

        boolean isWinograd() {
            return way.equals("Winograd");
        }

        int inputs() {
            return images * geometry.height() * geometry.width() * geometry.channels();
        }

        int outputs() {
            return images * geometry.outputHeight() * geometry.outputWidth() * geometry.filters();
        }

        @Override
        public String toString() {
            return way + ": " + images + " of " + geometry;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                Case.of("pointwise", 3, 5, 7, 13, 9, new Window(1, 1, 0)),
                Case.of("pointwise in many tiles", 1, 41, 37, 65, 130, new Window(1, 1, 0)),
                Case.of("pointwise, padded", 2, 5, 4, 3, 2, new Window(1, 1, 1)),
                Case.of("pointwise, stride 2", 3, 7, 6, 5, 4, new Window(1, 2, 0)),
                Case.of("whole windows", 2, 9, 11, 3, 5, new Window(3, 1, 1)),
                Case.of("whole windows of small images", 3, 7, 7, 16, 8, new Window(3, 1, 1)),
                Case.of("whole windows, stride 2", 2, 23, 17, 3, 8, new Window(7, 2, 3)),
                Case.of("rows", 2, 13, 9, 8, 7, new Window(3, 1, 1)),
                Case.of("rows in many strips", 1, 65, 67, 31, 17, new Window(3, 1, 1)),
                Case.of("rows, unpadded", 2, 13, 11, 8, 5, new Window(3, 1, 0)),
                Case.of("rows, wide padding", 1, 9, 8, 12, 3, new Window(3, 1, 4)),
                Case.of("rows, stride 2", 2, 17, 19, 16, 6, new Window(3, 2, 1)),
                Case.of("rows, stride 3 of 5", 1, 29, 28, 8, 4, new Window(5, 3, 2)),
                Case.of("rows of an even window", 2, 12, 9, 16, 3, new Window(2, 1, 1)),
                Case.of("Winograd", 3, 8, 12, 32, 33, new Window(3, 1, 1)),
                Case.of("Winograd", 2, 7, 7, 65, 32, new Window(3, 1, 1)),
                Case.of("Winograd", 2, 11, 13, 32, 64, new Window(3, 1, 0)),
                Case.of("Winograd", 1, 30, 29, 40, 35, new Window(3, 1, 2)),
                Case.of("Winograd", 1, 7, 9, 32, 32, new Window(3, 1, 4)),
                Case.of("Winograd", 2, 7, 8, 33, 32, new Window(3, 1, 0)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void forwardIsTheDefinition(Case one) {
        float[] x = values("x", one.inputs());
        float[] w = values("w", one.geometry().weightCount());
        float[] bias = values("bias", one.geometry().filters());
        float[] y = values("old", one.outputs());
        new Convolution(one.geometry(), BLAS)
                .forward(
                        new ForwardPass(
                                x, one.images(), new Weights(w, 0), new Weights(bias, 0), y, OutputListener.NONE),
                        new Scratch());
        double[] expected = new double[y.length];
        double[] size = new double[y.length];
        forEachProduct(one, (in, weight, out) -> {
            double product = (double) x[in] * w[weight];
            expected[out] += product;
            size[out] += product * product;
        });
        for (int i = 0; i < y.length; i++) {
            expected[i] += bias[i % bias.length];
        }
        assertClose(one, y, expected, size);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void inputGradientIsThatOfTheDefinition(Case one) {
        float[] w = values("w", one.geometry().weightCount());
        float[] dy = values("dy", one.outputs());
        float[] dx = values("old", one.inputs());
        new Convolution(one.geometry(), BLAS).backwardInput(dy, one.images(), new Weights(w, 0), dx, new Scratch());
        double[] expected = new double[dx.length];
        double[] size = new double[dx.length];
        forEachProduct(one, (in, weight, out) -> {
            double product = (double) dy[out] * w[weight];
            expected[in] += product;
            size[in] += product * product;
        });
        assertClose(one, dx, expected, size);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void weightGradientIsThatOfTheDefinitionAndIsAdded(Case one) {
        float[] x = values("x", one.inputs());
        float[] dy = values("dy", one.outputs());
        float[] dw = values("old", one.geometry().weightCount() + 1);
        double[] expected = new double[dw.length - 1];
        double[] size = new double[expected.length];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = dw[i + 1];
        }
        new Convolution(one.geometry(), BLAS).backwardWeights(x, dy, one.images(), new Weights(dw, 1), new Scratch());
        forEachProduct(one, (in, weight, out) -> {
            double product = (double) x[in] * dy[out];
            expected[weight] += product;
            size[weight] += product * product;
        });
        float[] gradient = new float[expected.length];
        System.arraycopy(dw, 1, gradient, 0, gradient.length);
        assertClose(one, gradient, expected, size);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void finishedOutputsAreToldOnceAndInOrder(Case one) {
        float[] y = new float[one.outputs()];
        List<Integer> ends = new ArrayList<>(List.of(0));
        new Convolution(one.geometry(), BLAS)
                .forward(
                        new ForwardPass(
                                values("x", one.inputs()),
                                one.images(),
                                new Weights(values("w", one.geometry().weightCount()), 0),
                                null,
                                y,
                                (values, from, to) -> {
                                    assertThat(values).isSameAs(y);
                                    assertThat(from).isEqualTo(ends.get(ends.size() - 1));
                                    ends.add(to);
                                }),
                        new Scratch());
        assertThat(ends.get(ends.size() - 1)).isEqualTo(y.length);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void noImagesAreNoWork(Case one) {
        Convolution convolution = new Convolution(one.geometry(), BLAS);
        float[] dw = new float[one.geometry().weightCount()];
        Weights w = new Weights(values("w", dw.length), 0);
        float[] nothing = new float[0];
        convolution.forward(new ForwardPass(nothing, 0, w, null, nothing, OutputListener.NONE), new Scratch());
        convolution.backwardInput(nothing, 0, w, nothing, new Scratch());
        convolution.backwardWeights(nothing, nothing, 0, new Weights(dw, 0), new Scratch());
        assertThat(dw).containsOnly(0f);
    }

    @Test
    void steadyUseAllocatesNoScratch() {
        Case one = Case.of("Winograd", 2, 12, 12, 32, 32, new Window(3, 1, 1));
        Convolution convolution = new Convolution(one.geometry(), BLAS);
        Scratch scratch = new Scratch();
        Weights w = new Weights(values("w", one.geometry().weightCount()), 0);
        float[] x = values("x", one.inputs());
        float[] y = new float[one.outputs()];
        ForwardPass pass = new ForwardPass(x, one.images(), w, null, y, OutputListener.NONE);
        convolution.forward(pass, scratch);
        int arrays = scratch.size();
        convolution.forward(pass, scratch);
        assertThat(scratch.size()).isEqualTo(arrays);
    }

    private interface Product {
        void at(int input, int weight, int output);
    }

    /** y[n, i, j, o] = Σ x[n, i·s + ky − p, j·s + kx − p, c]·w[ky, kx, c, o], product by product. */
    private static void forEachProduct(Case one, Product product) {
        ConvolutionGeometry g = one.geometry();
        int kernel = g.window().size();
        int outputPixels = g.outputHeight() * g.outputWidth();
        for (int out = 0; out < one.outputs(); out++) {
            int filter = out % g.filters();
            int pixel = out / g.filters() % outputPixels;
            int image = out / g.filters() / outputPixels;
            for (int tap = 0; tap < kernel * kernel; tap++) {
                int y = pixel / g.outputWidth() * g.window().stride()
                        + tap / kernel
                        - g.window().padding();
                int x = pixel % g.outputWidth() * g.window().stride()
                        + tap % kernel
                        - g.window().padding();
                if (y < 0 || y >= g.height() || x < 0 || x >= g.width()) {
                    continue;
                }
                for (int c = 0; c < g.channels(); c++) {
                    product.at(
                            ((image * g.height() + y) * g.width() + x) * g.channels() + c,
                            (tap * g.channels() + c) * g.filters() + filter,
                            out);
                }
            }
        }
    }

    private static void assertClose(Case one, float[] actual, double[] expected, double[] squares) {
        double largest = Arrays.stream(squares).max().orElse(0);
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            double size = Math.sqrt(one.isWinograd() ? largest : squares[i]);
            worst = Math.max(worst, Math.abs(actual[i] - expected[i]) / (1 + size));
        }
        assertThat(worst).isLessThan(one.isWinograd() ? WINOGRAD_TOLERANCE : TOLERANCE);
    }

    private static float[] values(String purpose, int size) {
        RandomSource random = RandomSource.of(7, purpose);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.gaussian(i);
        }
        return values;
    }
}
