package org.sparknorm.optim;

import java.util.Map;

/**
 * Updates all weights in place from the gradient of a step, and keeps a state between steps. The formulas are
 * PyTorch's.
 */
public interface Optimizer {
    /** Makes one update of the weights. The gradient is not changed. */
    void step(float[] weights, float[] gradient, double learningRate);

    /**
     * The weights with which a model is evaluated and written: the trained ones, or an average of them.
     *
     * @param weights the trained ones
     */
    default float[] evaluationWeights(float[] weights) {
        return weights;
    }

    /** All that the optimizer keeps from step to step. The arrays are its own: read them before the next step. */
    State state();

    /** Continues from a state that {@link #state} returned. */
    void restore(State state);

    /**
     * What an optimizer keeps from step to step.
     *
     * @param steps number of updates made
     * @param arrays by PyTorch's names; each has one value per weight, at the weight's index
     */
    record State(long steps, Map<String, float[]> arrays) {
        /** Copies all values into the arrays of another state, which has the same names. */
        void copyInto(State own) {
            own.arrays.forEach((name, values) -> System.arraycopy(arrays.get(name), 0, values, 0, values.length));
        }
    }
}
