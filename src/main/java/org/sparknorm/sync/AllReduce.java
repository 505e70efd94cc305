package org.sparknorm.sync;

/**
 * Sums over all slices of a step, in the fixed tree of {@link TreeSum}. Every slice calls equally often, with the same
 * names in the same order, and all get the same bits. A call blocks until the last slice has come. The array given is
 * handed over; the array returned is shared with other slices and read-only.
 */
public interface AllReduce {
    double[] sum(String name, double[] values);

    float[] sum(String name, float[] values);
}
