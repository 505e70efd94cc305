package org.sparknorm.train;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;

/**
 * Transformers of texts, whose padding is masked, and of images, over one slice and several. {@code
 * src/test/python/norm_vectors.py} wrote the files and describes what is in them.
 */
@Tag("unit")
class TransformerVectorsTest extends NetworkVectorsContract {
    /** A batch of 7 in one slice; in slices of 3, 2 and 2. */
    private static final int[] SLICES = {1, 3};

    /** Shares of the largest value of a tensor, as in {@link ConvolutionVectorsTest}. */
    private static final float LOGITS = 4e-6f;

    private static final float GRADIENTS = 2e-5f;

    /** Scale for the gradients of biases that a batch norm cancels, which are 0. */
    private static final float SMALLEST_GRADIENT = 0.01f;

    /** Losses, weights, statistics; each update passes on the errors of those before. */
    private static final float TEN_STEPS = 1e-5f;

    TransformerVectorsTest() {
        super(
                Tolerance.relative(LOGITS),
                Tolerance.relative(GRADIENTS, SMALLEST_GRADIENT),
                Tolerance.relative(TEN_STEPS));
    }

    static Stream<Case> cases() {
        return Reference.cases(
                List.of(
                        reference("transformer-text", ""),
                        reference("transformer-text-layer", "model.norm = layer"),
                        reference("transformer-image", "model.patch = 3")),
                SLICES);
    }

    private static Reference reference(String file, String rest) {
        return new Reference(file, """
            model { name = transformer, embedding = 8, heads = 2, blocks = 2 }
            learning-rate.initial = 0.05, optimizer.momentum = 0.9
            """ + rest);
    }
}
