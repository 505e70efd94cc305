package org.sparknorm.nn;

import java.util.List;
import org.sparknorm.tensor.Implementations;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/** Adds a trained vector to each position of a sequence: y[n, t] = x[n, t] + p[t], p of {@code [T, E]}. */
public final class PositionEmbedding implements Layer {
    private final Parameter positions;
    private final Shape sequence;
    private Tensor y;

    /**
     * @param name of its parameter
     * @param sequence {@code [T, E]}
     */
    public PositionEmbedding(String name, Shape sequence) {
        this.sequence = sequence;
        this.positions = Parameter.weight(name, sequence, sequence.last(), sequence.last());
    }

    @Override
    public Shape outputShape(Shape input) {
        if (!input.equals(sequence)) {
            throw new IllegalArgumentException(
                    positions.name() + " of shape " + sequence + " does not fit examples of shape " + input);
        }
        return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        y = Tensor.reuse(y, x.shape());
        int size = sequence.size();
        for (int at = 0; at < x.size(); at += size) {
            System.arraycopy(x.data(), at, y.data(), at, size);
            Implementations.ROW_KERNELS.add(y.data(), at, positions.values(), positions.offset(), 0, size);
        }
        return y;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        int size = sequence.size();
        for (int at = 0; at < dy.size(); at += size) {
            Implementations.ROW_KERNELS.add(positions.gradients(), positions.offset(), dy.data(), at, 0, size);
        }
        return dy;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(positions);
    }

    @Override
    public String toString() {
        return "positions " + sequence.dimension(0);
    }
}
