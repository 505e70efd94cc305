package org.sparknorm.nn;

import java.util.List;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/** Sees examples of any shape as vectors. Nothing is copied. */
public final class Flatten implements Layer {
    private Shape input;

    @Override
    public Shape outputShape(Shape example) {
        return Shape.of(example.size());
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        input = x.shape();
        return x.reshape(Shape.of(x.count(), input.example().size()));
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        return dy.reshape(input);
    }

    @Override
    public long keptValues(Shape example, int examples) {
        return 0;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public String toString() {
        return "flatten";
    }
}
