package org.sparknorm.train;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.SequenceLengths;
import org.sparknorm.nn.Sequential;
import org.sparknorm.nn.TokenEmbedding;
import org.sparknorm.nn.norm.BatchNorm;
import org.sparknorm.nn.norm.GroupNorm;
import org.sparknorm.nn.norm.LayerNorm;
import org.sparknorm.nn.norm.LocalResponseNorm;
import org.sparknorm.nn.norm.NormSpec;
import org.sparknorm.nn.norm.SwitchableNorm;
import org.sparknorm.tensor.Shape;

/**
 * Every norm computes what PyTorch does in float64 ({@code src/test/python/norm_vectors.py} wrote the files and says what is
 * in them), over one slice and several.
 */
@Tag("unit")
class NormVectorsTest {
    /** A batch of 7 in one slice; in slices of 3, 2 and 2; in slices of 1. */
    private static final int[] SLICES = {1, 3, 7};

    /** Shares of the largest value of a tensor. Float32 rounds by 6e-8 of a value, a dozen times on the way. */
    private static final float OUTPUT = 1e-6f;

    private static final float GRADIENTS = 2e-6f;
    private static final float STATISTICS = 1e-6f;
    private static final BatchNorm.Options OPTIONS = new BatchNorm.Options(1e-5, 0.9, true);

    /** A norm under the name of its file. */
    private record Reference(String file, Function<Shape, Layer> layer) {}

    private static List<Reference> references() {
        return List.of(
                new Reference("batch", input -> new BatchNorm(spec(input), OPTIONS)),
                new Reference("batch-sequence", input -> BatchNorm.ofSequences(spec(input), OPTIONS, null)),
                new Reference("batch-per-activation", input -> BatchNorm.perActivation(spec(input), OPTIONS, input)),
                new Reference("layer", input -> new GroupNorm(spec(input), 1, OPTIONS.epsilon(), null)),
                new Reference("layer-sequence", input -> new LayerNorm("norm", input.last(), OPTIONS.epsilon())),
                new Reference("layer-vector", input -> new LayerNorm("norm", input.last(), OPTIONS.epsilon())),
                new Reference("group", input -> new GroupNorm(spec(input), 3, OPTIONS.epsilon(), null)),
                new Reference("group-vector", input -> new GroupNorm(spec(input), 3, OPTIONS.epsilon(), null)),
                new Reference("instance", input -> GroupNorm.ofInstances(spec(input), OPTIONS.epsilon(), null)),
                new Reference("switchable", input -> new SwitchableNorm(spec(input), OPTIONS, false, null)),
                new Reference("switchable-vector", input -> new SwitchableNorm(spec(input), OPTIONS, true, null)),
                new Reference("local-response", input -> new LocalResponseNorm()),
                new Reference(
                        "masked-batch",
                        input -> masked((spec, lengths) -> BatchNorm.ofSequences(spec, OPTIONS, lengths))),
                new Reference(
                        "masked-group",
                        input -> masked((spec, lengths) -> new GroupNorm(spec, 3, OPTIONS.epsilon(), lengths))),
                new Reference(
                        "masked-switchable",
                        input -> masked((spec, lengths) -> new SwitchableNorm(spec, OPTIONS, false, lengths))));
    }

    private static NormSpec spec(Shape input) {
        return new NormSpec("norm", input.last(), Activation.Kind.NONE);
    }

    /** Makes the norm behind an embedding. */
    private interface MaskedNorm {
        Layer of(NormSpec spec, SequenceLengths lengths);
    }

    private static Layer masked(MaskedNorm norm) {
        SequenceLengths lengths = new SequenceLengths();
        Shape channels = Shape.of(6);
        return new Sequential(
                List.of(new TokenEmbedding("embed", channels.last(), lengths), norm.of(spec(channels), lengths)));
    }

    /** A reference, computed over a number of slices. */
    private record Case(Reference reference, int slices) {
        LayerStep step() throws IOException, InterruptedException {
            return new LayerStep("norm-" + reference.file(), slices, reference.layer());
        }

        @Override
        public String toString() {
            return reference.file() + " over " + slices + " slices";
        }
    }

    private static Stream<Case> cases() {
        return references().stream()
                .flatMap(reference ->
                        Stream.of(SLICES[0], SLICES[1], SLICES[2]).map(slices -> new Case(reference, slices)));
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
