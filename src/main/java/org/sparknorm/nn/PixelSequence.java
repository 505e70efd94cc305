package org.sparknorm.nn;

import java.util.List;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/** Sees the pixels of images {@code [N, H, W, C]} as positions of a sequence {@code [N, H·W, C]}. Nothing is copied. */
public final class PixelSequence implements Layer {
    private Shape input;

    @Override
    public Shape outputShape(Shape example) {
        if (example.rank() != 3) {
            throw new IllegalArgumentException("examples of shape " + example + " have no pixels");
        }
        return Shape.of(example.dimension(0) * example.dimension(1), example.last());
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        input = x.shape();
        return x.reshape(outputShape(input.example()).batch(x.count()));
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
        return "pixels as a sequence";
    }
}
