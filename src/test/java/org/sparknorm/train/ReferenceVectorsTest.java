package org.sparknorm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Linear;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Sequential;
import org.sparknorm.tensor.Shape;

/**
 * Small networks compute what PyTorch does in float64 ({@code src/test/python/reference_vectors.py} wrote the files and
 * says what is in them): outputs, all gradients, ten losses, running statistics and weights, over one slice and several.
 */
@Tag("unit")
class ReferenceVectorsTest {
    /** A batch of 11 in slices of 11; of 4, 4 and 3; of 2 and 1; and of 1. */
    private static final int[] SLICES = {1, 3, 8, 11};

    /**
     * Of logits up to 4, where neighbouring floats are 2.4e-7 apart: a dozen roundings in each of three layers. Measured:
     * at most 3.6e-7.
     */
    private static final float LOGITS = 4e-6f;

    /** Of gradients up to 0.4, neighbours 3e-8 apart, through the same layers backwards. Measured: at most 1.2e-7. */
    private static final float GRADIENTS = 1e-6f;

    /**
     * Of losses, weights and statistics up to 4 in the course of ten updates, each of which hands on the error of those
     * before. Measured: at most 4.8e-7.
     */
    private static final float TEN_STEPS = 4e-6f;

    /** What a file of PyTorch's results was made with, as a configuration. */
    private enum Reference {
        NESTEROV_SIGMOID_NORM_BEFORE("mlp-sigmoid-before", """
                model { activation = sigmoid, norm = batch, norm-position = before }
                optimizer { momentum = 0.9, nesterov = true }
                learning-rate.initial = 0.1
                """),
        ADAM_RELU_NORM_AFTER("mlp-relu-after", """
                model { activation = relu, norm = batch, norm-position = after, bias = true }
                model { norm-epsilon = 1e-3, norm-decay = 0.99 }
                optimizer { name = adam, weight-decay = 0.01 }
                learning-rate.initial = 0.02
                """),
        PLAIN_TANH_NO_NORM("mlp-tanh-none", """
                model { activation = tanh, norm = none }
                learning-rate.initial = 0.2
                """);

        private final String file;
        private final String configuration;

        Reference(String file, String configuration) {
            this.file = file;
            this.configuration = configuration;
        }
    }

    /** A reference, computed over a number of slices. */
    private record Case(Reference reference, int slices) {
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
        return cases().filter(one -> one.reference() != Reference.PLAIN_TANH_NO_NORM);
    }

    private static ReferenceExperiment experiment(Case one) throws IOException {
        String configuration = "model.hidden = [7, 5]\n" + one.reference().configuration;
        return new ReferenceExperiment(one.reference().file, configuration, one.slices());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void logitsOfTheFirstBatch(Case one) throws Exception {
        ReferenceExperiment experiment = experiment(one);
        assertThat(experiment.firstPass(ReferenceVectorsTest::withInputGradient).logits())
                .containsExactly(experiment.values("logits"), within(LOGITS));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void inputGradientOfTheFirstBatch(Case one) throws Exception {
        ReferenceExperiment experiment = experiment(one);
        assertThat(experiment.firstPass(ReferenceVectorsTest::withInputGradient).dInputs())
                .containsExactly(experiment.values("gradient.inputs"), within(GRADIENTS));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientOfEveryParameterOfTheFirstBatch(Case one) throws IOException {
        ReferenceExperiment experiment = experiment(one);
        experiment
                .gradient()
                .forEach((name, gradient) -> assertThat(gradient)
                        .as(name)
                        .containsExactly(experiment.values("gradient." + name), within(GRADIENTS)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void lossesOfTenSteps(Case one) throws IOException {
        ReferenceExperiment experiment = experiment(one);
        assertThat(experiment.train()).containsExactly(experiment.values("losses"), within(TEN_STEPS));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void weightsAfterTenSteps(Case one) throws IOException {
        ReferenceExperiment experiment = experiment(one);
        experiment.train();
        assertThat(experiment.state().weights())
                .containsExactly(experiment.model("final.").weights(), within(TEN_STEPS));
    }

    @ParameterizedTest
    @MethodSource("casesWithNorm")
    void runningStatisticsAfterTenSteps(Case one) throws IOException {
        ReferenceExperiment experiment = experiment(one);
        experiment.train();
        assertThat(experiment.state().buffers())
                .containsExactly(experiment.model("final.").buffers(), within(TEN_STEPS));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void evaluationAfterTenSteps(Case one) throws IOException {
        ReferenceExperiment experiment = experiment(one);
        experiment.train();
        Evaluation evaluation = experiment.evaluate();
        float[] expected = experiment.values("evaluation");
        assertThat((float) evaluation.loss()).isCloseTo(expected[0], within(TEN_STEPS));
        // A share of 110 examples, none of which lies between two classes: exact but for the file's float32.
        assertThat((float) evaluation.top1()).isEqualTo(expected[1]);
    }

    /** The same network with a first layer that gives the gradient by its input, which training never asks for. */
    private static Network withInputGradient(Network network) {
        Shape example = network.input();
        List<Layer> layers = new ArrayList<>();
        boolean first = true;
        for (Network.Row row : network.rows()) {
            if (first && row.layer() instanceof Linear linear) {
                boolean bias = linear.parameters().size() > 1;
                layers.add(new Linear(
                        new Linear.Specification(
                                "fc1", example.size(), row.output().size(), bias, true),
                        ReferenceExperiment.BLAS));
                first = false;
            } else {
                layers.add(row.layer());
            }
        }
        return new Network(new Sequential(layers), example);
    }
}
