package org.sparknorm.train;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.nn.Layer;
import org.sparknorm.tensor.Shape;

/**
 * One step of a layer gives what PyTorch does in float64. A subclass has a static method {@code cases}, which returns
 * the layers, and says how much rounding is to be expected.
 */
abstract class LayerVectorsContract {
    private final Tolerance output;
    private final Tolerance gradients;
    private final Tolerance statistics;

    LayerVectorsContract(Tolerance output, Tolerance gradients, Tolerance statistics) {
        this.output = output;
        this.gradients = gradients;
        this.statistics = statistics;
    }

    /**
     * A layer with a file of PyTorch's results.
     *
     * @param layer makes it for examples of a shape
     */
    record Reference(String file, Function<Shape, Layer> layer) {
        /** The layer over each of these numbers of slices. */
        static Stream<Case> cases(List<Reference> references, int... slices) {
            return references.stream()
                    .flatMap(reference -> IntStream.of(slices).mapToObj(count -> new Case(reference, count)));
        }
    }

    /** A reference, computed over a number of slices. */
    record Case(Reference reference, int slices) {
        LayerStep step() throws IOException, InterruptedException {
            return new LayerStep(reference.file(), slices, reference.layer());
        }

        @Override
        public String toString() {
            return reference.file() + " over " + slices + " slices";
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void output(Case one) throws Exception {
        one.step().checkOutput(output);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void inputGradient(Case one) throws Exception {
        one.step().checkInputGradient(gradients);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientOfEveryParameter(Case one) throws Exception {
        one.step().checkGradients(gradients);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void runningStatistics(Case one) throws Exception {
        one.step().checkRunningStatistics(statistics);
    }
}
