package org.sparknorm.nn;

import java.util.List;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/** A layer that sees its input in another shape. Nothing is copied. */
public final class View implements Layer {
    private final Kind kind;
    private Shape input;

    /** The shapes that examples are seen in. */
    public enum Kind {
        /** Examples of any shape are vectors. */
        FLAT,
        /** The pixels of an image {@code [H, W, C]} are the positions of a sequence {@code [H·W, C]}. */
        PIXEL_SEQUENCE
    }

    public View(Kind kind) {
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    @Override
    public Shape outputShape(Shape example) {
        if (kind == Kind.FLAT) {
            return Shape.of(example.size());
        }
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
        return kind == Kind.FLAT ? "flatten" : "pixels as a sequence";
    }
}
