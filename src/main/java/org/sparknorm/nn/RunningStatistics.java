package org.sparknorm.nn;

import java.util.List;
import org.sparknorm.tensor.Shape;

/**
 * The running mean and variance of one norm: a view into the one array of all buffers, first the means, then the
 * variances, and what this slice observed in the present step.
 *
 * <p>An observation is (w, w·mean, w·variance) with w the number of its values and the unbiased variance
 * {@code m/(m−1)·σ²}, so that observations add up over slices to their weighted mean. Where statistics are
 * synchronized all slices observe the same, and only slice 0's is used.
 */
public final class RunningStatistics {
    private final String name;
    private final int channels;
    private final FileLayout layout;
    private final Rule rule;
    private final double[] observed;
    private float[] buffers;
    private int offset;

    /**
     * How observations become running values.
     *
     * @param decay the weight of the old running value
     * @param sameOnAllSlices whether all slices observe the same
     * @param counted whether files have a counter of steps with them
     */
    public record Rule(double decay, boolean sameOnAllSlices, boolean counted) {}

    private RunningStatistics(String name, FileLayout layout, Rule rule) {
        this.name = name;
        this.channels = layout.memory().size();
        this.layout = layout;
        this.rule = rule;
        this.observed = new double[observationSize()];
    }

    /** Makes a mean and a variance per channel. */
    public static RunningStatistics ofChannels(String name, int channels, Rule rule) {
        return new RunningStatistics(name, FileLayout.same(Shape.of(channels)), rule);
    }

    /** A mean and a variance for every value of images [H, W, C]; [C·H·W] in files. */
    public static RunningStatistics perValueOf(Shape image, String name, Rule rule) {
        return new RunningStatistics(name, FileLayout.valuesOf(image), rule);
    }

    /** The name of the norm, for example {@code bn1}. */
    public String name() {
        return name;
    }

    public int channels() {
        return channels;
    }

    public int offset() {
        return offset;
    }

    /** Whether files have a counter of steps with the running values. */
    public boolean isCounted() {
        return rule.counted();
    }

    /** Returns the means, then the variances, as they are ordered in files, from an array of all buffers. */
    public List<float[]> toFile(float[] allBuffers) {
        return List.of(layout.toFile(allBuffers, offset), layout.toFile(allBuffers, offset + channels));
    }

    /** Puts means and variances that stand as in files into an array of all buffers. */
    public void fromFile(float[] means, float[] variances, float[] allBuffers) {
        layout.fromFile(means, allBuffers, offset);
        layout.fromFile(variances, allBuffers, offset + channels);
    }

    /** Returns how many values a slice contributes in a step. */
    public int observationSize() {
        return 1 + 2 * channels;
    }

    public float mean(int channel) {
        return buffers[offset + channel];
    }

    public float variance(int channel) {
        return buffers[offset + channels + channel];
    }

    public void observe(double weight, double[] mean, double[] unbiasedVariance) {
        observed[0] = weight;
        for (int channel = 0; channel < channels; channel++) {
            observed[1 + channel] = weight * mean[channel];
            observed[1 + channels + channel] = weight * unbiasedVariance[channel];
        }
    }

    /** Copies what the slice contributes to the step's sum; zeros where another slice speaks for all. */
    void contribute(int slice, double[] target, int at) {
        if (!rule.sameOnAllSlices() || slice == 0) {
            System.arraycopy(observed, 0, target, at, observed.length);
        }
    }

    /** running ← decay·running + (1 − decay)·observed, for the sum over slices that starts at the index. */
    void update(float[] allBuffers, double[] observations, int at) {
        update(allBuffers, observations, at, rule.decay());
    }

    /** @param decay weight of the old values, in place of that of the norm */
    void update(float[] allBuffers, double[] observations, int at, double decay) {
        double weight = observations[at];
        for (int i = 0; i < 2 * channels; i++) {
            double batch = observations[at + 1 + i] / weight;
            allBuffers[offset + i] = (float) (decay * allBuffers[offset + i] + (1 - decay) * batch);
        }
    }

    void place(int newOffset) {
        offset = newOffset;
    }

    void bind(float[] allBuffers) {
        buffers = allBuffers;
    }
}
