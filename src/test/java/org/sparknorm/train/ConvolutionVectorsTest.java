package org.sparknorm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sparknorm.train.RelativeError.assertWithin;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Narrow convolutional networks compute what PyTorch does in float64 ({@code src/test/python/convolution_vectors.py}
 * wrote the files and says what is in them), over one slice and several.
 */
@Tag("unit")
class ConvolutionVectorsTest {
    /** A batch of 7 in one slice; in slices of 3, 2 and 2. */
    private static final int[] SLICES = {1, 3};

    /*
     * Tolerances are shares of the largest value of a tensor, for scales differ. Float32 rounds by 6e-8 of a value; a norm
     * divides by a deviation that is smaller than the values, dozens of times on the way. In float32 PyTorch itself is
     * off by 1.1e-5 (logits), 4.5e-5 (gradients) and 5.4e-6 (ten steps). The rest is head-room for other BLAS.
     */

    /** Measured: at most 3.2e-6, the cnn's; Winograd makes it 2.6 times what it is without. */
    private static final float LOGITS = 2e-5f;

    /** Through as many layers again. Measured: at most 1.9e-5, resnet50's; without norms 6e-7. */
    private static final float GRADIENTS = 1.5e-4f;

    /** Losses, weights, statistics; each update hands on the errors of those before. Measured: at most 2.5e-6. */
    private static final float TEN_STEPS = 2e-5f;

    /** What a file of PyTorch's results was made with, as a configuration. */
    private enum Reference {
        /** With Winograd: 32 → 64 channels, 11 × 9 → 9 × 7 pixels. */
        CNN("cnn", "cnn", "learning-rate.initial = 0.0003"),
        RESNET20("resnet20", "resnet20", "model.width = 0.25, learning-rate.initial = 0.005"),
        RESNET50("resnet50", "resnet50", "model.width = 0.03125, learning-rate.initial = 0.0005"),
        /** 3/64 of 96, 160, 224 and 352 channels lie between two whole numbers. One convolution is 3 → 3 channels. */
        BN_INCEPTION_96("bn-inception-96", "bn-inception", "model.width = 0.046875, learning-rate.initial = 0.002"),
        BN_INCEPTION_128("bn-inception-128", "bn-inception", """
                model { width = 0.03125, projection = 128 }, learning-rate.initial = 0.002
                """),
        INCEPTION("inception", "bn-inception", """
                model { width = 0.03125, norm = none }, learning-rate.initial = 0.02
                """);

        private final String file;
        private final String configuration;

        Reference(String file, String model, String rest) {
            this.file = file;
            this.configuration = "model.name = " + model + ", optimizer.momentum = 0.9, " + rest;
        }
    }

    /** A reference, computed over a number of slices. */
    private record Case(Reference reference, int slices) {
        ReferenceExperiment experiment() throws IOException {
            return new ReferenceExperiment(reference.file, reference.configuration, slices);
        }

        @Override
        public String toString() {
            return reference + " over " + slices + " slices";
        }
    }

    private static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Reference reference : Reference.values()) {
            for (int slices : SLICES) {
                cases.add(new Case(reference, slices));
            }
        }
        return cases.stream();
    }

    private static Stream<Case> casesWithNorm() {
        return cases().filter(one -> one.reference() != Reference.INCEPTION);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void logitsOfTheFirstBatch(Case one) throws Exception {
        ReferenceExperiment experiment = one.experiment();
        float[] logits = experiment.firstPass(UnaryOperator.identity()).logits();
        assertWithin(LOGITS, "logits", logits, experiment.values("logits"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientOfEveryParameterOfTheFirstBatch(Case one) throws IOException {
        ReferenceExperiment experiment = one.experiment();
        experiment
                .gradient()
                .forEach((name, gradient) ->
                        assertWithin(GRADIENTS, name, gradient, experiment.values("gradient." + name)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void lossesOfTenSteps(Case one) throws IOException {
        ReferenceExperiment experiment = one.experiment();
        assertWithin(TEN_STEPS, "losses", experiment.train(), experiment.values("losses"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void weightsAfterTenSteps(Case one) throws IOException {
        assertFinal(one, false);
    }

    @ParameterizedTest
    @MethodSource("casesWithNorm")
    void runningStatisticsAfterTenSteps(Case one) throws IOException {
        assertFinal(one, true);
    }

    private static void assertFinal(Case one, boolean ofStatistics) throws IOException {
        ReferenceExperiment experiment = one.experiment();
        experiment.train();
        Map<String, float[]> tensors = experiment.present();
        tensors.keySet().removeIf(name -> name.contains(".running_") != ofStatistics);
        assertThat(tensors).isNotEmpty();
        tensors.forEach((name, values) -> assertWithin(TEN_STEPS, name, values, experiment.values("final." + name)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void evaluationAfterTenSteps(Case one) throws IOException {
        ReferenceExperiment experiment = one.experiment();
        experiment.train();
        float[] loss = {(float) experiment.evaluate().loss()};
        assertWithin(TEN_STEPS, "evaluation", loss, new float[] {experiment.values("evaluation")[0]});
    }
}
