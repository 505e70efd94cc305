package org.sparknorm.sync;

/** Sums statistics over the slices of all processes, given the sum over those of this process. */
@FunctionalInterface
public interface RemoteAllReduce {
    /** For a process that holds all slices: there is nothing to add. */
    RemoteAllReduce NONE = (name, part) -> part.root();

    /**
     * Blocks until the parts of all processes are in. Called by one thread at a time.
     *
     * @param name of the sum, see {@link AllReduce#sum}
     * @param part the sum over the slices of this process; handed over
     * @return shared and read-only
     */
    double[] sum(String name, TreeSum<double[]> part) throws InterruptedException;
}
