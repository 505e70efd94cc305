package org.sparknorm.sync;

/**
 * Sums statistics over all slices of a step, in the fixed tree of {@link TreeSum}, so that every slice gets the same
 * bits. A call blocks until the last slice has called.
 *
 * <p>Every slice must make the same calls in the same order, even a slice without examples: it adds zeros.
 *
 * <pre>{@code
 * // Right: each slice calls once for each norm.
 * double[] sums = allReduce.sum("bn1.forward", momentsOf(batch));
 *
 * // Wrong: slices without examples stay away, and all fail: "not every slice takes part in the sum bn1.forward".
 * if (batch.count() > 0) {
 *     sums = allReduce.sum("bn1.forward", momentsOf(batch));
 * }
 *
 * // Wrong: the array returned is shared with the other slices. Copy it before you change it.
 * allReduce.sum("bn1.forward", own)[0] += 1;
 * }</pre>
 */
@FunctionalInterface
public interface AllReduce {
    /**
     * The sum over all slices.
     *
     * @param name which is the same in all slices and no other sum's in the step
     * @param values of this slice, of the same length in all slices; handed over, and changed by the call
     * @return read-only, for other slices get the same array
     */
    double[] sum(String name, double[] values);
}
