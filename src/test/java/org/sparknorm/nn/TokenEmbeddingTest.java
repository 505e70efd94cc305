package org.sparknorm.nn;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparknorm.config.RefusedException;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/** What the references of PyTorch do not show: {@code NormVectorsTest} and {@code TransformerVectorsTest} do the rest. */
@Tag("unit")
class TokenEmbeddingTest {
    @Test
    void sequenceOfPaddingAloneIsRefused() {
        TokenEmbedding layer = new TokenEmbedding("embed", 4, new SequenceLengths());
        Network network = new Network(layer, Shape.of(3));
        network.bind(new float[network.weightCount()], new float[network.weightCount()], new float[0]);
        Tensor tokens = new Tensor(new float[] {'a', 'b', 0, 0, 0, 0}, Shape.of(2, 3));
        assertThatThrownBy(() -> layer.forward(tokens, Pass.inference(new Scratch())))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("embed was given a sequence that is all padding");
    }
}
