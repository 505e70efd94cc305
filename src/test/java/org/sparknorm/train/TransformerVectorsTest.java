package org.sparknorm.train;

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
 * Transformers of texts, whose padding is masked, and of images compute what PyTorch does in float64 ({@code
 * src/test/python/norm_vectors.py} wrote the files and says what is in them), over one slice and several.
 */
@Tag("unit")
class TransformerVectorsTest {
    /** A batch of 7 in one slice; in slices of 3, 2 and 2. */
    private static final int[] SLICES = {1, 3};

    /** Shares of the largest value of a tensor, as in {@link ConvolutionVectorsTest}. */
    private static final float LOGITS = 4e-6f;

    private static final float GRADIENTS = 2e-5f;

    /** Of the gradients by biases that a batch norm takes out again, which are 0. */
    private static final float SMALLEST_GRADIENT = 0.01f;

    /** Losses, weights, statistics; each update hands on the errors of those before. */
    private static final float TEN_STEPS = 1e-5f;

    /** What a file of PyTorch's results was made with, as a configuration. */
    private enum Reference {
        TEXT("transformer-text", ""),
        TEXT_LAYER("transformer-text-layer", "model.norm = layer"),
        IMAGE("transformer-image", "model.patch = 3");

        private final String file;
        private final String configuration;

        Reference(String file, String rest) {
            this.file = file;
            this.configuration = """
                    model { name = transformer, embedding = 8, heads = 2, blocks = 2 }
                    learning-rate.initial = 0.05, optimizer.momentum = 0.9
                    """ + rest;
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
                .forEach((name, gradient) -> assertWithin(
                        GRADIENTS, SMALLEST_GRADIENT, name, gradient, experiment.values("gradient." + name)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void lossesOfTenSteps(Case one) throws IOException {
        ReferenceExperiment experiment = one.experiment();
        assertWithin(TEN_STEPS, "losses", experiment.train(), experiment.values("losses"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void stateAfterTenSteps(Case one) throws IOException {
        ReferenceExperiment experiment = one.experiment();
        experiment.train();
        Map<String, float[]> tensors = experiment.present();
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
