package org.sparknorm.tensor;

/**
 * A row-major matrix inside an array: {@code data[offset + row * columns + column]}, rows × columns as stored; {@code
 * transposed} says that a product should see it as columns × rows.
 */
public record Matrix(float[] data, int offset, int rows, int columns, boolean transposed) {
    public static Matrix of(float[] data, int offset, int rows, int columns) {
        return new Matrix(data, offset, rows, columns, false);
    }

    public Matrix transpose() {
        return new Matrix(data, offset, rows, columns, !transposed);
    }

    public int visibleRows() {
        return transposed ? columns : rows;
    }

    int visibleColumns() {
        return transposed ? rows : columns;
    }
}
