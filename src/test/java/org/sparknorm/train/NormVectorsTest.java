package org.sparknorm.train;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
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
 * Every norm, over one slice and several. {@code src/test/python/norm_vectors.py} wrote the files and describes what is
 * in them.
 */
@Tag("unit")
class NormVectorsTest extends LayerVectorsContract {
    /** A batch of 7 in one slice; in slices of 3, 2 and 2; in slices of 1. */
    private static final int[] SLICES = {1, 3, 7};

    /** Shares of the largest value of a tensor. Float32 rounds by 6e-8 of a value, a dozen times on the way. */
    private static final float OUTPUT = 1e-6f;

    private static final float GRADIENTS = 2e-6f;
    private static final float STATISTICS = 1e-6f;
    private static final BatchNorm.Options OPTIONS = new BatchNorm.Options(1e-5, 0.9, true);

    NormVectorsTest() {
        super(Tolerance.relative(OUTPUT), Tolerance.relative(GRADIENTS), Tolerance.relative(STATISTICS));
    }

    static Stream<Case> cases() {
        return Reference.cases(references(), SLICES);
    }

    private static List<Reference> references() {
        return List.of(
                new Reference("norm-batch", input -> new BatchNorm(spec(input), OPTIONS)),
                new Reference("norm-batch-sequence", input -> BatchNorm.ofSequences(spec(input), OPTIONS, null)),
                new Reference(
                        "norm-batch-per-activation", input -> BatchNorm.perActivation(spec(input), OPTIONS, input)),
                new Reference("norm-layer", input -> new GroupNorm(spec(input), 1, OPTIONS.epsilon(), null)),
                new Reference("norm-layer-sequence", input -> new LayerNorm("norm", input.last(), OPTIONS.epsilon())),
                new Reference("norm-layer-vector", input -> new LayerNorm("norm", input.last(), OPTIONS.epsilon())),
                new Reference("norm-group", input -> new GroupNorm(spec(input), 3, OPTIONS.epsilon(), null)),
                new Reference("norm-group-vector", input -> new GroupNorm(spec(input), 3, OPTIONS.epsilon(), null)),
                new Reference("norm-instance", input -> GroupNorm.ofInstances(spec(input), OPTIONS.epsilon(), null)),
                new Reference("norm-switchable", input -> new SwitchableNorm(spec(input), OPTIONS, false, null)),
                new Reference("norm-switchable-vector", input -> new SwitchableNorm(spec(input), OPTIONS, true, null)),
                new Reference("norm-local-response", input -> new LocalResponseNorm()),
                new Reference(
                        "norm-masked-batch",
                        input -> masked((spec, lengths) -> BatchNorm.ofSequences(spec, OPTIONS, lengths))),
                new Reference(
                        "norm-masked-group",
                        input -> masked((spec, lengths) -> new GroupNorm(spec, 3, OPTIONS.epsilon(), lengths))),
                new Reference(
                        "norm-masked-switchable",
                        input -> masked((spec, lengths) -> new SwitchableNorm(spec, OPTIONS, false, lengths))));
    }

    private static NormSpec spec(Shape input) {
        return new NormSpec("norm", input.last(), Activation.Kind.NONE);
    }

    /** Makes the norm after an embedding. */
    private interface MaskedNorm {
        Layer of(NormSpec spec, SequenceLengths lengths);
    }

    private static Layer masked(MaskedNorm norm) {
        SequenceLengths lengths = new SequenceLengths();
        Shape channels = Shape.of(6);
        return new Sequential(
                List.of(new TokenEmbedding("embed", channels.last(), lengths), norm.of(spec(channels), lengths)));
    }
}
