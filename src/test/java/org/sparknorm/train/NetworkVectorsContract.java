package org.sparknorm.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Ten steps of a network give what PyTorch does in float64. A subclass has a static method {@code cases}, which returns
 * the networks, and says how much rounding is to be expected.
 */
abstract class NetworkVectorsContract {
    private final Tolerance logits;
    private final Tolerance gradients;
    private final Tolerance tenSteps;

    /** @param tenSteps of losses, weights and statistics: each update passes on the errors of those before */
    NetworkVectorsContract(Tolerance logits, Tolerance gradients, Tolerance tenSteps) {
        this.logits = logits;
        this.gradients = gradients;
        this.tenSteps = tenSteps;
    }

    /** A file of PyTorch's results with the configuration it was made with. */
    record Reference(String file, String configuration) {
        /** The networks over each of these numbers of slices. */
        static Stream<Case> cases(List<Reference> references, int... slices) {
            return references.stream()
                    .flatMap(reference -> IntStream.of(slices).mapToObj(count -> new Case(reference, count)));
        }
    }

    /** A reference, computed over a number of slices. */
    record Case(Reference reference, int slices) {
        ReferenceExperiment experiment() throws IOException {
            return new ReferenceExperiment(reference.file(), reference.configuration(), slices);
        }

        @Override
        public String toString() {
            return reference.file() + " over " + slices + " slices";
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void logitsOfTheFirstBatch(Case one) throws Exception {
        ReferenceExperiment experiment = one.experiment();
        float[] found = experiment.firstPass(UnaryOperator.identity()).logits();
        logits.check("logits", found, experiment.values("logits"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientOfEveryParameterOfTheFirstBatch(Case one) throws IOException {
        ReferenceExperiment experiment = one.experiment();
        experiment
                .gradient()
                .forEach((name, gradient) -> gradients.check(name, gradient, experiment.values("gradient." + name)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void lossesOfTenSteps(Case one) throws IOException {
        ReferenceExperiment experiment = one.experiment();
        tenSteps.check("losses", experiment.train(), experiment.values("losses"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void weightsAndStatisticsAfterTenSteps(Case one) throws IOException {
        ReferenceExperiment experiment = one.experiment();
        experiment.train();
        Map<String, float[]> tensors = experiment.present();
        assertThat(tensors).isNotEmpty();
        tensors.forEach((name, values) -> tenSteps.check(name, values, experiment.values("final." + name)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void evaluationAfterTenSteps(Case one) throws IOException {
        ReferenceExperiment experiment = one.experiment();
        experiment.train();
        float[] loss = {(float) experiment.evaluate().loss()};
        tenSteps.check("evaluation", loss, new float[] {experiment.values("evaluation")[0]});
    }
}
