package org.sparknorm.train;

/** What happens to the weights between two steps of a job. */
@FunctionalInterface
public interface WeightUpdate {
    /**
     * Sums the gradients over all slices and updates the weights that the slices of this process read. Called by one
     * thread, while the slices here wait.
     *
     * @param part the gradients of the slices here, which the callee takes over
     */
    void apply(long step, GradientSum part) throws InterruptedException;
}
