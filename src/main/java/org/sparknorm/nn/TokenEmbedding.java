package org.sparknorm.nn;

import java.util.Arrays;
import java.util.List;
import org.sparknorm.config.RefusedException;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/**
 * Replaces each token by a vector: {@code [N, T]} of tokens 0..255, which are bytes of text, to {@code [N, T, E]}.
 * Token 0 is padding, all of it after the other tokens; its vector is 0 and is not trained. Weights are [256, E].
 */
public final class TokenEmbedding implements Layer {
    /** The number of tokens: bytes, of which 0 is no letter. */
    public static final int TOKENS = 256;

    private static final int PADDING = 0;

    private final String name;
    private final int embedding;
    private final Parameter weight;
    private final SequenceLengths lengths;
    private Tensor x;
    private Tensor y;

    /**
     * @param name prefix of its parameter's name
     * @param embedding E
     * @param lengths where it writes how many tokens each example has
     */
    public TokenEmbedding(String name, int embedding, SequenceLengths lengths) {
        this.name = name;
        this.embedding = embedding;
        this.weight = Parameter.weight(name + ".weight", Shape.of(TOKENS, embedding), embedding, embedding);
        this.lengths = lengths;
    }

    @Override
    public Shape outputShape(Shape input) {
        if (input.rank() != 1) {
            throw new IllegalArgumentException(name + " is for texts, and does not fit examples of shape " + input);
        }
        return Shape.of(input.last(), embedding);
    }

    /** @throws RefusedException if an example is all padding */
    @Override
    public Tensor forward(Tensor input, Pass pass) {
        x = input;
        int length = x.shape().dimension(1);
        y = Tensor.reuse(y, Shape.of(x.count(), length, embedding));
        lengths.begin(x.count());
        for (int example = 0; example < x.count(); example++) {
            int tokens = length;
            while (tokens > 0 && (int) x.data()[example * length + tokens - 1] == PADDING) {
                tokens--;
            }
            if (tokens == 0) {
                throw new RefusedException(
                        name
                                + " was given a sequence that is all padding: no statistics and no mean can be taken of it",
                        "leave empty texts out");
            }
            lengths.set(example, tokens);
            for (int at = example * length; at < example * length + tokens; at++) {
                System.arraycopy(weight.values(), row(at), y.data(), at * embedding, embedding);
            }
            Arrays.fill(y.data(), (example * length + tokens) * embedding, (example + 1) * length * embedding, 0f);
        }
        return y;
    }

    /** Returns the index where the vector of the token at a place begins. */
    private int row(int at) {
        int token = (int) x.data()[at];
        return weight.offset() + token * embedding;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        int length = x.shape().dimension(1);
        for (int example = 0; example < x.count(); example++) {
            for (int at = example * length; at < example * length + lengths.of(example); at++) {
                int row = row(at);
                for (int i = 0; i < embedding; i++) {
                    weight.gradients()[row + i] += dy.data()[at * embedding + i];
                }
            }
        }
        return null;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(weight);
    }

    @Override
    public String toString() {
        return "embedding " + TOKENS + " → " + embedding;
    }
}
