package org.sparknorm.train;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;

/**
 * Narrow convolutional networks, over one slice and several. {@code src/test/python/convolution_vectors.py} wrote the
 * files and describes what is in them.
 */
@Tag("unit")
class ConvolutionVectorsTest extends NetworkVectorsContract {
    /** A batch of 7 in one slice; in slices of 3, 2 and 2. */
    private static final int[] SLICES = {1, 3};

    /*
     * Tolerances are shares of the largest value of a tensor, because scales differ. Float32 rounds by 6e-8 of a value; a
     * norm divides by a deviation that is smaller than the values, dozens of times on the way. In float32 PyTorch itself is
     * off by 1.1e-5 (logits), 4.5e-5 (gradients) and 5.4e-6 (ten steps). The rest is head-room for other BLAS.
     */

    /** Measured: at most 3.2e-6, the cnn's; Winograd makes it 2.6 times what it is without. */
    private static final float LOGITS = 2e-5f;

    /** Through as many layers again. Measured: at most 1.9e-5, resnet50's; without norms 6e-7. */
    private static final float GRADIENTS = 1.5e-4f;

    /** Losses, weights, statistics; each update passes on the errors of those before. Measured: at most 2.5e-6. */
    private static final float TEN_STEPS = 2e-5f;

    ConvolutionVectorsTest() {
        super(Tolerance.relative(LOGITS), Tolerance.relative(GRADIENTS), Tolerance.relative(TEN_STEPS));
    }

    static Stream<Case> cases() {
        return Reference.cases(
                List.of(
                        // With Winograd: 32 → 64 channels, 11 × 9 → 9 × 7 pixels.
                        reference("cnn", "cnn", "learning-rate.initial = 0.0003"),
                        reference("resnet20", "resnet20", "model.width = 0.25, learning-rate.initial = 0.005"),
                        reference("resnet50", "resnet50", "model.width = 0.03125, learning-rate.initial = 0.0005"),
                        // 3/64 of 96, 160, 224 and 352 channels lie between two whole numbers. One convolution is 3 → 3
                        // channels.
                        reference(
                                "bn-inception-96",
                                "bn-inception",
                                "model.width = 0.046875, learning-rate.initial = 0.002"),
                        reference("bn-inception-128", "bn-inception", """
                            model { width = 0.03125, projection = 128 }, learning-rate.initial = 0.002
                            """),
                        reference("inception", "bn-inception", """
                            model { width = 0.03125, norm = none }, learning-rate.initial = 0.02
                            """)),
                SLICES);
    }

    private static Reference reference(String file, String model, String rest) {
        return new Reference(file, "model.name = " + model + ", optimizer.momentum = 0.9, " + rest);
    }
}
