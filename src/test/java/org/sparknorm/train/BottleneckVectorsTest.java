package org.sparknorm.train;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
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
 * A bottleneck block with a projection as its shortcut, over one slice and two. {@code
 * src/test/python/convolution_vectors.py} wrote the files and describes what is in them.
 */
@Tag("unit")
class BottleneckVectorsTest extends LayerVectorsContract {
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

    BottleneckVectorsTest() {
        super(Tolerance.relative(OUTPUT), Tolerance.relative(GRADIENTS), Tolerance.relative(STATISTICS));
    }

    static Stream<Case> cases() {
        return Reference.cases(
                List.of(
                        new Reference("bottleneck", example -> block(example, 8, 2)),
                        // With Winograd: 32 → 32 channels of 8 × 7 pixels.
                        new Reference("bottleneck-32", example -> block(example, 32, 1))),
                1,
                2);
    }

    private static Layer block(Shape example, int inner, int stride) {
        int outer = 4 * inner;
        Window square = new Window(3, stride, 1);
        Window projection = new Window(1, stride, 0);
        List<Layer> body = new ArrayList<>(convolution("conv1", "bn1", example.last(), inner, POINT, true));
        body.addAll(convolution("conv2", "bn2", inner, inner, square, true));
        body.addAll(convolution("conv3", "bn3", inner, outer, POINT, false));
        List<Layer> shortcut = convolution("downsample.0", "downsample.1", example.last(), outer, projection, false);
        return new Residual("block", body, new Sequential(shortcut), Activation.Kind.RELU);
    }

    private static List<Layer> convolution(
            String name, String norm, int channels, int filters, Window window, boolean isActivated) {
        Conv2d layer = new Conv2d(
                new Conv2d.Specification(name, channels, filters, window, false, true), ReferenceExperiment.BLAS);
        Activation.Kind activation = isActivated ? Activation.Kind.RELU : Activation.Kind.NONE;
        BatchNorm.Options options = new BatchNorm.Options(1e-5, 0.9, true);
        return List.of(
                layer, new BatchNorm(new NormSpec(norm, filters, activation), options, layer.gatherStatistics(false)));
    }
}
