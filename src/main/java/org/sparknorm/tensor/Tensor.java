package org.sparknorm.tensor;

/**
 * A dense float32 array with a shape, row-major. The array may be longer than the shape needs, so that one buffer
 * serves batches of different sizes; only the first {@link Shape#size()} values mean anything.
 */
public record Tensor(float[] data, Shape shape) {
    public Tensor {
        if (data.length < shape.size()) {
            throw new IllegalArgumentException(
                    "shape " + shape + " needs " + shape.size() + " values, the array has " + data.length);
        }
    }

    public static Tensor zeros(Shape shape) {
        return new Tensor(new float[shape.size()], shape);
    }

    /** A tensor of the shape in the buffer of an earlier one where that is large enough; its values are undefined. */
    public static Tensor reuse(Tensor earlier, Shape shape) {
        if (earlier == null) {
            return zeros(shape);
        }
        if (earlier.shape.equals(shape)) {
            return earlier;
        }
        return earlier.data.length >= shape.size() ? new Tensor(earlier.data, shape) : zeros(shape);
    }

    /** The same values under another shape of the same size. */
    public Tensor reshape(Shape other) {
        if (other.size() != shape.size()) {
            throw new IllegalArgumentException("cannot see shape " + shape + " as " + other);
        }
        return new Tensor(data, other);
    }

    /** Number of examples: the first dimension. */
    public int count() {
        return shape.dimension(0);
    }

    public int size() {
        return shape.size();
    }
}
