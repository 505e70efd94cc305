package org.sparknorm.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Conv2d;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Residual;
import org.sparknorm.nn.Sequential;
import org.sparknorm.nn.norm.BatchNorm;
import org.sparknorm.nn.norm.NormSpec;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Window;

/**
 * A bottleneck block with a projection as its shortcut computes what PyTorch does in float64 ({@code
 * src/test/python/convolution_vectors.py} wrote the files and says what is in them), over one slice and two.
 */
@Tag("unit")
class BottleneckVectorsTest {
    /*
     * Tolerances are shares of the largest value of a tensor. Float32 rounds by 6e-8 of a value; sums are of up to 288
     * products; head-room is for other BLAS.
     */

    /** Measured: at most 1.5e-7 with stride 2; with Winograd 3.2e-6, which would be 3.2e-7 without. */
    private static final float OUTPUT = 2e-5f;

    /** Measured: at most 4.1e-7 with stride 2; with Winograd 2.1e-6, which would be 6.6e-7 without. */
    private static final float GRADIENTS = 1.5e-5f;

    /** Sums are in float64, and nine tenths are the value before. Measured: at most 8.5e-8. */
    private static final float STATISTICS = 8e-7f;

    private static final Window POINT = new Window(1, 1, 0);

    /** A block of PyTorch's results. */
    private enum Reference {
        STRIDE_2("bottleneck", 8, 2),
        /** With Winograd: 32 → 32 channels of 8 × 7 pixels. */
        STRIDE_1("bottleneck-32", 32, 1);

        private final String file;
        private final int inner;
        private final int stride;

        Reference(String file, int inner, int stride) {
            this.file = file;
            this.inner = inner;
            this.stride = stride;
        }

        private Layer layer(Shape example) {
            int outer = 4 * inner;
            Window square = new Window(3, stride, 1);
            Window projection = new Window(1, stride, 0);
            List<Layer> body = new ArrayList<>(unit("conv1", "bn1", example.last(), inner, POINT, true));
            body.addAll(unit("conv2", "bn2", inner, inner, square, true));
            body.addAll(unit("conv3", "bn3", inner, outer, POINT, false));
            List<Layer> shortcut = unit("downsample.0", "downsample.1", example.last(), outer, projection, false);
            return new Residual("block", body, new Sequential(shortcut), Activation.Kind.RELU);
        }

        private static List<Layer> unit(
                String name, String norm, int channels, int filters, Window window, boolean isActivated) {
            Conv2d layer = new Conv2d(
                    new Conv2d.Specification(name, channels, filters, window, false, true), ReferenceExperiment.BLAS);
            Activation.Kind activation = isActivated ? Activation.Kind.RELU : Activation.Kind.NONE;
            BatchNorm.Options options = new BatchNorm.Options(1e-5, 0.9, true);
            return List.of(
                    layer,
                    new BatchNorm(new NormSpec(norm, filters, activation), options, layer.gatherStatistics(false)));
        }
    }

    /** A reference, computed over a number of slices. */
    private record Case(Reference reference, int slices) {
        LayerStep step() throws IOException, InterruptedException {
            return new LayerStep(reference.file, slices, reference::layer);
        }

        @Override
        public String toString() {
            return reference + " over " + slices + " slices";
        }
    }

    private static Stream<Case> cases() {
        return Stream.of(Reference.values())
                .flatMap(reference -> Stream.of(new Case(reference, 1), new Case(reference, 2)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void output(Case one) throws Exception {
        one.step().assertOutput(OUTPUT);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void inputGradient(Case one) throws Exception {
        one.step().assertInputGradient(GRADIENTS);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientOfEveryParameter(Case one) throws Exception {
        one.step().assertGradients(GRADIENTS);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void runningStatistics(Case one) throws Exception {
        one.step().assertRunningStatistics(STATISTICS);
    }
}
