package org.sparknorm.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Products of matrices against three loops in double, for each BLAS that one process can load. */
@Tag("unit")
class BlasTest {
    private static final int[] SIZES = {1, 7, 13, 65};
    private static final RandomSource RANDOM = RandomSource.of(1, "matrices");
    /** Values in front of and behind each matrix in its array. */
    private static final int MARGIN = 3;

    /** The best one and the one in Java: a process can load native code with one core type only. */
    static List<String> loadableNames() {
        List<String> names = BlasLibrary.available().names();
        return names.stream().filter(name -> isFirstOrLast(names, name)).toList();
    }

    private static boolean isFirstOrLast(List<String> names, String name) {
        int index = names.indexOf(name);
        return index == 0 || index == names.size() - 1;
    }

    @ParameterizedTest
    @MethodSource("loadableNames")
    void productOfPlainMatrices(String name) {
        checkAllSizes(name, false, false);
    }

    @ParameterizedTest
    @MethodSource("loadableNames")
    void productWithTheFirstTransposed(String name) {
        checkAllSizes(name, true, false);
    }

    @ParameterizedTest
    @MethodSource("loadableNames")
    void productWithTheSecondTransposed(String name) {
        checkAllSizes(name, false, true);
    }

    @ParameterizedTest
    @MethodSource("loadableNames")
    void productOfTransposedMatrices(String name) {
        checkAllSizes(name, true, true);
    }

    @ParameterizedTest
    @MethodSource("loadableNames")
    void theSurroundingsOfAMatrixAreLeftAlone(String name) {
        Matrix target = matrix(7, 13, "target");
        float[] before = target.data().clone();
        BlasLibrary.load(name).multiply(matrix(7, 65, "left"), matrix(65, 13, "right"), 0f, target);
        int end = target.offset() + 7 * 13;
        assertThat(Arrays.copyOf(target.data(), target.offset())).isEqualTo(Arrays.copyOf(before, target.offset()));
        assertThat(Arrays.copyOfRange(target.data(), end, before.length))
                .isEqualTo(Arrays.copyOfRange(before, end, before.length));
    }

    @ParameterizedTest
    @MethodSource("loadableNames")
    void whereAMatrixStandsInItsArrayDoesNotShowInTheBits(String name) {
        Blas blas = BlasLibrary.load(name);
        Matrix left = matrix(13, 65, "left");
        Matrix right = matrix(65, 7, "right");
        float[] expected = new float[13 * 7];
        blas.multiply(left, right, 0f, Matrix.of(expected, 0, 13, 7));
        for (int shift = 0; shift < 20; shift++) {
            float[] target = new float[13 * 7];
            blas.multiply(moved(left, shift), moved(right, shift + 1), 0f, Matrix.of(target, 0, 13, 7));
            assertThat(target).as("shifted by %d", shift).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("loadableNames")
    void anEmptyProductOfInnerDimensionZeroIsZero(String name) {
        float[] target = {Float.NaN, 5, 5, 5, 5, 7};
        BlasLibrary.load(name).multiply(empty(2, 0), empty(0, 2), 0f, Matrix.of(target, 1, 2, 2));
        assertThat(target).containsExactly(Float.NaN, 0, 0, 0, 0, 7);
    }

    @ParameterizedTest
    @MethodSource("loadableNames")
    void anEmptyProductAddsNothing(String name) {
        float[] target = {1, 2, 3, 4};
        BlasLibrary.load(name).multiply(empty(2, 0), empty(0, 2), 1f, Matrix.of(target, 0, 2, 2));
        assertThat(target).containsExactly(1, 2, 3, 4);
    }

    @ParameterizedTest
    @MethodSource("loadableNames")
    void aProductWithoutRowsOrColumnsWritesNothing(String name) {
        Blas blas = BlasLibrary.load(name);
        float[] target = {1, 2};
        blas.multiply(empty(0, 3), matrix(3, 2, "right"), 0f, Matrix.of(target, 0, 0, 2));
        blas.multiply(matrix(2, 3, "left"), empty(3, 0), 0f, Matrix.of(target, 0, 2, 0));
        blas.multiply(empty(3, 0).transpose(), matrix(3, 2, "right"), 0f, Matrix.of(target, 0, 0, 2));
        assertThat(target).containsExactly(1, 2);
    }

    @ParameterizedTest
    @MethodSource("loadableNames")
    void shapesThatDoNotFitAreRefused(String name) {
        Blas blas = BlasLibrary.load(name);
        assertThatThrownBy(() -> blas.multiply(empty(2, 3), empty(4, 5), 0f, empty(2, 5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("product of [2, 3] and [4, 5] does not fit [2, 5]");
    }

    private static void checkAllSizes(String name, boolean transposeLeft, boolean transposeRight) {
        Blas blas = BlasLibrary.load(name);
        for (int m : SIZES) {
            for (int n : SIZES) {
                for (int k : SIZES) {
                    Matrix left = transposeLeft ? matrix(k, m, "left").transpose() : matrix(m, k, "left");
                    Matrix right = transposeRight ? matrix(n, k, "right").transpose() : matrix(k, n, "right");
                    checkReplacing(blas, left, right);
                    checkAdding(blas, left, right);
                }
            }
        }
    }

    private static void checkReplacing(Blas blas, Matrix left, Matrix right) {
        Matrix target = matrix(left.visibleRows(), right.visibleColumns(), "target");
        Arrays.fill(target.data(), Float.NaN);
        blas.multiply(left, right, 0f, target);
        checkProduct(left, right, new float[target.data().length], target);
    }

    private static void checkAdding(Blas blas, Matrix left, Matrix right) {
        Matrix target = matrix(left.visibleRows(), right.visibleColumns(), "target");
        float[] before = target.data().clone();
        blas.multiply(left, right, 1f, target);
        checkProduct(left, right, before, target);
    }

    /**
     * Whatever its order, a sum of k products in float32 is off by less than (k + 1)·2⁻²⁴ of the sum of their
     * magnitudes (Higham 2002, section 3.1), the old value being one more term.
     */
    private static void checkProduct(Matrix left, Matrix right, float[] before, Matrix target) {
        int inner = left.visibleColumns();
        List<String> wrong = new ArrayList<>();
        for (int row = 0; row < target.rows(); row++) {
            for (int column = 0; column < target.columns(); column++) {
                int index = target.offset() + row * target.columns() + column;
                double sum = before[index];
                double magnitude = Math.abs(sum);
                for (int i = 0; i < inner; i++) {
                    double product = (double) at(left, row, i) * at(right, i, column);
                    sum += product;
                    magnitude += Math.abs(product);
                }
                double tolerance = (inner + 2) * 0x1.0p-24 * magnitude;
                if (!(Math.abs(target.data()[index] - sum) <= tolerance)) {
                    wrong.add("[" + row + ", " + column + "] is " + target.data()[index] + ", not " + sum);
                }
            }
        }
        assertThat(wrong)
                .as("product of [%d, %d] and [%d, %d]", target.rows(), inner, inner, target.columns())
                .isEmpty();
    }

    private static float at(Matrix matrix, int row, int column) {
        int stored = matrix.transposed() ? column * matrix.columns() + row : row * matrix.columns() + column;
        return matrix.data()[matrix.offset() + stored];
    }

    private static Matrix matrix(int rows, int columns, String purpose) {
        RandomSource random = RandomSource.of(RANDOM.bits(rows * 100L + columns), purpose);
        float[] data = new float[MARGIN + rows * columns + MARGIN];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) random.gaussian(i);
        }
        return Matrix.of(data, MARGIN, rows, columns);
    }

    private static Matrix moved(Matrix matrix, int offset) {
        int size = matrix.rows() * matrix.columns();
        float[] data = new float[offset + size];
        System.arraycopy(matrix.data(), matrix.offset(), data, offset, size);
        return Matrix.of(data, offset, matrix.rows(), matrix.columns());
    }

    private static Matrix empty(int rows, int columns) {
        return Matrix.of(new float[rows * columns], 0, rows, columns);
    }
}
