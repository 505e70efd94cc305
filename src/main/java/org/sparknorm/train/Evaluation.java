package org.sparknorm.train;

import org.sparknorm.sync.TreeSum;

/**
 * How well a model does on a set of examples in inference mode.
 *
 * @param loss mean cross-entropy
 * @param top1 share of examples whose label has the largest logit
 * @param top5 share of examples whose label is among the five largest
 */
public record Evaluation(long examples, double loss, double top1, double top5) {
    /** Makes the evaluation from the sum over all slices. */
    public static Evaluation of(TreeSum<double[]> sum) {
        double[] totals = sum.root();
        double examples = totals[StepStatistics.EXAMPLES];
        return new Evaluation(
                (long) examples,
                totals[StepStatistics.LOSS] / examples,
                totals[StepStatistics.CORRECT] / examples,
                totals[StepStatistics.CORRECT_IN_FIVE] / examples);
    }
}
