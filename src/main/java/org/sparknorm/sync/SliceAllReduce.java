package org.sparknorm.sync;

/**
 * What one slice of a {@link ThreadAllReduce} sums with the others: statistics within a step, its gradient between
 * steps.
 */
public interface SliceAllReduce extends AllReduce {
    /** Takes the gradients of the slices of this process, summed, while these slices wait. */
    @FunctionalInterface
    interface GradientAction {
        void apply(TreeSum<float[]> gradients) throws InterruptedException;
    }

    /**
     * Adds the gradient of this slice to those of the other slices of this process, and returns when the action has
     * ended.
     *
     * @param gradient handed over: its values are lost
     * @param action the same in all slices; runs once, on the thread that called {@link ThreadAllReduce#run}
     */
    void sumGradients(float[] gradient, GradientAction action);
}
