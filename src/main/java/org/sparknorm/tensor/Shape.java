package org.sparknorm.tensor;

import java.io.Serializable;
import java.util.Arrays;

/** The dimensions of an array, outermost first; images are {@code [N, H, W, C]}. Immutable. */
public final class Shape implements Serializable {
    private final int[] dimensions;

    private Shape(int[] dimensions) {
        this.dimensions = dimensions;
    }

    /** @throws IllegalArgumentException if a dimension is negative */
    public static Shape of(int... dimensions) {
        for (int dimension : dimensions) {
            if (dimension < 0) {
                throw new IllegalArgumentException("negative dimension in " + Arrays.toString(dimensions));
            }
        }
        return new Shape(dimensions.clone());
    }

    public int rank() {
        return dimensions.length;
    }

    public int dimension(int axis) {
        return dimensions[axis];
    }

    public int last() {
        return dimensions[dimensions.length - 1];
    }

    /** The number of elements; 1 for the empty shape. */
    public int size() {
        int size = 1;
        for (int dimension : dimensions) {
            size = Math.multiplyExact(size, dimension);
        }
        return size;
    }

    /** This shape of one example as the shape of a batch: {@code [count, this...]}. */
    public Shape batch(int count) {
        int[] batched = new int[dimensions.length + 1];
        batched[0] = count;
        System.arraycopy(dimensions, 0, batched, 1, dimensions.length);
        return new Shape(batched);
    }

    /** The shape of one example of this batch: all but the first dimension. */
    public Shape example() {
        return new Shape(Arrays.copyOfRange(dimensions, 1, dimensions.length));
    }

    /** This shape with another last dimension. */
    public Shape withLast(int last) {
        int[] changed = dimensions.clone();
        changed[changed.length - 1] = last;
        return new Shape(changed);
    }

    public int[] toArray() {
        return dimensions.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dimensions, shape.dimensions);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dimensions);
    }

    @Override
    public String toString() {
        return Arrays.toString(dimensions);
    }
}
