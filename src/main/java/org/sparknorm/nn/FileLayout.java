package org.sparknorm.nn;

import java.util.Arrays;
import org.sparknorm.tensor.Shape;

/**
 * Maps the values of a parameter between files, which have PyTorch's order, and memory, where the kernels may need
 * another order: the shape in the file and, for each of its axes, the axis in memory.
 *
 * @param file shape in files
 * @param memory shape in memory
 * @param axes axis i of {@code file}, or of what it is split into, is axis {@code axes[i]} in memory
 */
record FileLayout(Shape file, Shape memory, int[] axes) {
    /** The same order in both. */
    static FileLayout same(Shape shape) {
        int[] axes = new int[shape.rank()];
        Arrays.setAll(axes, axis -> axis);
        return new FileLayout(shape, shape, axes);
    }

    /** A convolution: [O, C, K, K] in files, [K, K, C, O] in memory. */
    static FileLayout convolution(int kernel, int channels, int filters) {
        return new FileLayout(
                Shape.of(filters, channels, kernel, kernel),
                Shape.of(kernel, kernel, channels, filters),
                new int[] {3, 2, 0, 1});
    }

    /** A linear layer after images: its columns are (C, H, W) in files, (H, W, C) in memory. */
    static FileLayout linearAfter(Shape image, int out) {
        return new FileLayout(
                Shape.of(out, image.size()),
                Shape.of(out, image.dimension(0), image.dimension(1), image.dimension(2)),
                new int[] {0, 3, 1, 2});
    }

    /** A value for each of an image's: [C·H·W] in files, [H, W, C] in memory. */
    static FileLayout valuesOf(Shape image) {
        return new FileLayout(Shape.of(image.size()), image, new int[] {2, 0, 1});
    }

    /** Returns the values in the order of the file, from an array that holds them from an index on. */
    float[] toFile(float[] all, int offset) {
        if (isSame()) {
            return Arrays.copyOfRange(all, offset, offset + file.size());
        }
        int[] indices = memoryIndices();
        float[] values = new float[indices.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = all[offset + indices[i]];
        }
        return values;
    }

    /** Puts values in the order of the file into an array, from an index on. */
    void fromFile(float[] values, float[] all, int offset) {
        int[] indices = memoryIndices();
        for (int i = 0; i < indices.length; i++) {
            all[offset + indices[i]] = values[i];
        }
    }

    /** Returns the index in memory for each value in the order of the file. */
    private int[] memoryIndices() {
        int[] sizes = memory.toArray();
        int[] strides = new int[sizes.length];
        int stride = 1;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= sizes[axis];
        }
        int[] indices = new int[stride];
        int[] place = new int[sizes.length];
        for (int i = 0; i < indices.length; i++) {
            int index = 0;
            for (int axis = 0; axis < place.length; axis++) {
                index += place[axis] * strides[axes[axis]];
            }
            indices[i] = index;
            for (int axis = place.length - 1; axis >= 0 && ++place[axis] == sizes[axes[axis]]; axis--) {
                place[axis] = 0;
            }
        }
        return indices;
    }

    /**
     * Compares the axes, because the shapes are equal if a convolution has as many channels and filters as its window
     * has rows.
     */
    private boolean isSame() {
        for (int axis = 0; axis < axes.length; axis++) {
            if (axes[axis] != axis) {
                return false;
            }
        }
        return true;
    }
}
