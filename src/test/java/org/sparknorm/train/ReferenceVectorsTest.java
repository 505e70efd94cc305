package org.sparknorm.train;

import static org.assertj.core.api.Assertions.assertThat;

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
 * Small networks, over one slice and several. {@code src/test/python/reference_vectors.py} wrote the files and
 * describes what is in them.
 */
@Tag("unit")
class ReferenceVectorsTest extends NetworkVectorsContract {
    /** A batch of 11 in slices of 11; of 4, 4 and 3; of 2 and 1; and of 1. */
    private static final int[] SLICES = {1, 3, 8, 11};

    /**
     * For logits up to 4, where neighbouring floats are 2.4e-7 apart: a dozen roundings in each of three layers.
     * Measured: at most 3.6e-7.
     */
    private static final float LOGITS = 4e-6f;

    /** For gradients up to 0.4, whose neighbours are 3e-8 apart, through the same layers backwards. Measured: at most 1.2e-7. */
    private static final Tolerance GRADIENT = Tolerance.absolute(1e-6f);

    /**
     * For losses, weights and statistics up to 4 in the course of ten updates, each of which passes on the error of
     * those before. Measured: at most 4.8e-7.
     */
    private static final float TEN_STEPS = 4e-6f;

    ReferenceVectorsTest() {
        super(Tolerance.absolute(LOGITS), GRADIENT, Tolerance.absolute(TEN_STEPS));
    }

    static Stream<Case> cases() {
        return Reference.cases(
                List.of(
                        reference("mlp-sigmoid-before", """
                            model { activation = sigmoid, norm = batch, norm-position = before }
                            optimizer { momentum = 0.9, nesterov = true }
                            learning-rate.initial = 0.1
                            """),
                        reference("mlp-relu-after", """
                            model { activation = relu, norm = batch, norm-position = after, bias = true }
                            model { norm-epsilon = 1e-3, norm-decay = 0.99 }
                            optimizer { name = adam, weight-decay = 0.01 }
                            learning-rate.initial = 0.02
                            """),
                        reference("mlp-tanh-none", """
                            model { activation = tanh, norm = none }
                            learning-rate.initial = 0.2
                            """)),
                SLICES);
    }

    private static Reference reference(String file, String configuration) {
        return new Reference(file, "model.hidden = [7, 5]\n" + configuration);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void inputGradientOfTheFirstBatch(Case one) throws Exception {
        ReferenceExperiment experiment = one.experiment();
        float[] found =
                experiment.firstPass(ReferenceVectorsTest::withInputGradient).dInputs();
        GRADIENT.check("inputs", found, experiment.values("gradient.inputs"));
    }

    /** A share of 110 examples, none of which lies between two classes: exact except for the file's float32. */
    @ParameterizedTest
    @MethodSource("cases")
    void top1AfterTenSteps(Case one) throws Exception {
        ReferenceExperiment experiment = one.experiment();
        experiment.train();
        assertThat((float) experiment.evaluate().top1()).isEqualTo(experiment.values("evaluation")[1]);
    }

    /** The same network with a first layer that computes the gradient of its input, which training never needs. */
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
