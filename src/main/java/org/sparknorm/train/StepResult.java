package org.sparknorm.train;

import java.util.Arrays;
import org.sparknorm.nn.Network;

/**
 * What all slices together made of a step. The arrays may be buffers of the workers, valid until the next step.
 *
 * @param gradient the gradient of the mean loss by all weights
 * @param statistics see {@link StepStatistics}
 * @param times the times of the task that had the most to do
 * @param job the driver's times, where this is the last step of a job
 */
public record StepResult(float[] gradient, double[] statistics, TaskTimes times, StepTimes.OfDriver job) {
    /** Returns the same as the last step of a job. */
    public StepResult endOf(StepTimes.OfDriver driver) {
        return new StepResult(gradient, statistics, times, driver);
    }

    public long examples() {
        return (long) statistics[StepStatistics.EXAMPLES];
    }

    /** The mean loss over the examples. */
    public double loss() {
        return statistics[StepStatistics.LOSS] / statistics[StepStatistics.EXAMPLES];
    }

    /** The share of the examples whose label has the largest logit. */
    public double accuracy() {
        return statistics[StepStatistics.CORRECT] / statistics[StepStatistics.EXAMPLES];
    }

    /** What the norms observed, summed over slices; see {@link Network#buffersOf}. */
    public double[] observations() {
        return Arrays.copyOfRange(statistics, StepStatistics.OBSERVATIONS, statistics.length);
    }
}
