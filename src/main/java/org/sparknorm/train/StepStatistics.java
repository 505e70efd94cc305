package org.sparknorm.train;

import org.sparknorm.nn.SoftmaxCrossEntropy;

/**
 * The numbers that a slice reports of a step or an evaluation, next to its gradient. They are one array that is summed
 * over slices, so that loss and running statistics have the fixed tree of everything else.
 */
final class StepStatistics {
    static final int EXAMPLES = 0;
    static final int LOSS = 1;
    static final int CORRECT = 2;
    static final int CORRECT_IN_FIVE = 3;
    /** Where the observations of the norms begin. */
    static final int OBSERVATIONS = 4;

    private StepStatistics() {}

    /** Adds what a loss has seen in its last call. */
    static void add(double[] statistics, int examples, SoftmaxCrossEntropy loss) {
        statistics[EXAMPLES] += examples;
        statistics[LOSS] += loss.lossSum();
        statistics[CORRECT] += loss.correct();
        statistics[CORRECT_IN_FIVE] += loss.correctInFive();
    }
}
