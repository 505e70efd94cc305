package org.sparknorm.nn.norm;

import org.sparknorm.config.RefusedException;
import org.sparknorm.nn.Pass;
import org.sparknorm.nn.RunningStatistics;

/**
 * The mean and the variance per channel of a batch: in training those of all slices, or of each slice alone, and then
 * observed for the running ones; in inference the running ones.
 */
final class BatchMoments {
    private final String name;
    private final boolean isSynchronized;
    private final RunningStatistics running;
    private double count;

    /** @param isSynchronized whether the statistics are those of all slices */
    BatchMoments(NormSpec spec, boolean isSynchronized, RunningStatistics running) {
        this.name = spec.name();
        this.isSynchronized = isSynchronized;
        this.running = running;
    }

    /** Receives the statistics. */
    @FunctionalInterface
    interface Receiver {
        void set(int channel, double mean, double variance);
    }

    /**
     * Gives the statistics of a training step. A slice that is alone and has no examples gets none.
     *
     * @param own {@code [m, Σx₀.., Σx²₀..]} of this slice
     * @throws RefusedException if a channel has a single value
     */
    void ofBatch(double[] own, Pass pass, Receiver receiver) {
        double[] sums = overSlices(".forward", own, pass);
        count = sums[0];
        if (count == 0 && !isSynchronized) {
            double[] nothing = new double[running.channels()];
            running.observe(0, nothing, nothing);
            return;
        }
        if (count <= 1) {
            throw new RefusedException(
                    name + " sees " + (long) count + " value per channel, and a variance needs two",
                    "raise batch-size, or lower slices where these are normalized alone");
        }
        Moments moments = Moments.of(sums);
        for (int c = 0; c < running.channels(); c++) {
            receiver.set(c, moments.mean()[c], moments.variance()[c]);
        }
        running.observe(count, moments.mean(), moments.unbiasedVariance());
    }

    /** Gives the running statistics. */
    void ofRunning(Receiver receiver) {
        for (int c = 0; c < running.channels(); c++) {
            receiver.set(c, running.mean(c), running.variance(c));
        }
    }

    /** How many values per channel the batch of the present step has. */
    double count() {
        return count;
    }

    /** @param own sums of the backward pass */
    double[] gradientsOverSlices(double[] own, Pass pass) {
        return overSlices(".backward", own, pass);
    }

    private double[] overSlices(String direction, double[] own, Pass pass) {
        return isSynchronized ? pass.allReduce().sum(name + direction, own) : own;
    }
}
