package org.sparknorm.tensor;

/**
 * Loops over rows of {@code [rows, C]} that training spends its time in. What is known of a channel comes spread over a
 * block of {@link RowBlock}: element i of a block belongs to element {@code at + i} of the long arrays. All work on the
 * elements from one index of the block to another. There is a plain implementation and one with vector instructions;
 * both give the same bits.
 */
public interface RowKernels {
    /**
     * v·factor + term, v = max(x, inputFloor).
     *
     * @param inputFloor 0 where the input is rectified, otherwise negative infinity
     */
    record Affine(float[] factors, float[] terms, float inputFloor) {}

    /**
     * What is summed: v − centre and its square, or gradients and their products with v − centre; v as in {@link
     * Affine}.
     */
    record Sums(float[] centres, float[] first, float[] second, float inputFloor) {}

    /** gradientFactor·d + valueFactor·v + constant. */
    record Combination(float[] gradientFactors, float[] valueFactors, float[] constants) {}

    /** y = max(v·factor + term, floor). */
    void normalize(Affine affine, float floor, float[] x, float[] y, int at, int from, int to);

    /** y = max(v·factor + term + addend, floor). */
    void normalizeAdding(Affine affine, float floor, float[] x, float[] addend, float[] y, int at, int from, int to);

    /** first += v − centre, second += (v − centre)². */
    void addSquares(Sums sums, float[] x, int at, int from, int to);

    /** first += d, second += d·(v − centre), where d = dy if v·factor + term &gt; floor, else 0. */
    void addProducts(Sums sums, Affine affine, float floor, float[] x, int at, float[] dy, int dyAt, int from, int to);

    /**
     * dx = gradientFactor·d + valueFactor·v + constant where x &gt; inputFloor, else 0; d as in {@link #addProducts}.
     * dx may be dy.
     */
    void combine(
            Combination combination,
            Affine affine,
            float floor,
            float[] x,
            float[] dx,
            int at,
            float[] dy,
            int dyAt,
            int from,
            int to);

    /** dx = dy where y &gt; 0, else 0. */
    void gate(float[] y, float[] dy, float[] dx, int from, int to);

    /** sum += x. */
    void add(float[] sum, int sumAt, float[] x, int xAt, int from, int to);

    /** largest = max(largest, x). */
    void takeLarger(float[] largest, int largestAt, float[] x, int xAt, int from, int to);

    /** Where x is the largest, what is left of its gradient goes from the rest to dx. */
    void giveToLargest(float[] largest, float[] rest, int largestAt, float[] x, float[] dx, int xAt, int from, int to);
}
