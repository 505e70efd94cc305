package org.sparknorm.nn.norm;

import java.util.Arrays;
import org.sparknorm.nn.Parameter;

/** Mixes the statistics of a batch in a {@link SwitchableNorm}, and takes the gradients back through the mixture. */
final class MixedStatistics {
    private final int channels;
    /** The kinds in the order of the weights: instance (where there is one), layer, batch. */
    private final int kinds;

    private final double[] meanShares;
    private final double[] varianceShares;
    /** One for each example and channel. */
    private double[] instanceMeans = new double[0];

    private double[] instanceVariances;
    private double[] meanGradients;
    private double[] varianceGradients;
    /** One for each example: the statistics of its layer, and how many values per channel it has. */
    private double[] layerMeans;

    private double[] layerVariances;
    private double[] layerMeanGradients;
    private double[] layerVarianceGradients;
    private double[] counts;
    /** One for each channel. */
    private final double[] batchMeans;

    private final double[] batchVariances;
    private double batchCount;
    private int examples;

    MixedStatistics(int channels, boolean hasInstances) {
        this.channels = channels;
        this.kinds = hasInstances ? 3 : 2;
        this.meanShares = new double[kinds];
        this.varianceShares = new double[kinds];
        this.batchMeans = new double[channels];
        this.batchVariances = new double[channels];
    }

    /** Makes room for a batch. */
    void begin(int batchExamples) {
        examples = batchExamples;
        if (instanceMeans.length < examples * channels || counts == null) {
            instanceMeans = new double[examples * channels];
            instanceVariances = new double[examples * channels];
            meanGradients = new double[examples * channels];
            varianceGradients = new double[examples * channels];
            layerMeans = new double[examples];
            layerVariances = new double[examples];
            layerMeanGradients = new double[examples];
            layerVarianceGradients = new double[examples];
            counts = new double[examples];
        }
        Arrays.fill(layerMeanGradients, 0);
        Arrays.fill(layerVarianceGradients, 0);
    }

    void weigh(Parameter means, Parameter variances) {
        softmax(means, meanShares);
        softmax(variances, varianceShares);
    }

    private static void softmax(Parameter logits, double[] shares) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < shares.length; k++) {
            largest = Math.max(largest, logits.values()[logits.offset() + k]);
        }
        double sum = 0;
        for (int k = 0; k < shares.length; k++) {
            shares[k] = StrictMath.exp(logits.values()[logits.offset() + k] - largest);
            sum += shares[k];
        }
        for (int k = 0; k < shares.length; k++) {
            shares[k] /= sum;
        }
    }

    /** @param sums count, Σx.. and Σx².. of an example's channels */
    void observe(int example, double[] sums) {
        double count = sums[0];
        double sum = 0;
        double squares = 0;
        for (int c = 0; c < channels; c++) {
            double mean = sums[1 + c] / count;
            instanceMeans[example * channels + c] = mean;
            instanceVariances[example * channels + c] = Math.max(0, sums[1 + channels + c] / count - mean * mean);
            sum += sums[1 + c];
            squares += sums[1 + channels + c];
        }
        double mean = sum / (count * channels);
        counts[example] = count;
        layerMeans[example] = mean;
        layerVariances[example] = Math.max(0, squares / (count * channels) - mean * mean);
    }

    /** Takes how many values per channel the batch has. */
    void batchCount(double count) {
        batchCount = count;
    }

    void batch(int channel, double mean, double variance) {
        batchMeans[channel] = mean;
        batchVariances[channel] = variance;
    }

    private double mean(int kind, int example, int channel) {
        return switch (kinds - kind) {
            case 1 -> batchMeans[channel];
            case 2 -> layerMeans[example];
            default -> instanceMeans[example * channels + channel];
        };
    }

    private double variance(int kind, int example, int channel) {
        return switch (kinds - kind) {
            case 1 -> batchVariances[channel];
            case 2 -> layerVariances[example];
            default -> instanceVariances[example * channels + channel];
        };
    }

    /** The mixed mean. */
    double mean(int example, int channel) {
        double mixed = 0;
        for (int kind = 0; kind < kinds; kind++) {
            mixed += meanShares[kind] * mean(kind, example, channel);
        }
        return mixed;
    }

    /** The mixed variance. */
    double variance(int example, int channel) {
        double mixed = 0;
        for (int kind = 0; kind < kinds; kind++) {
            mixed += varianceShares[kind] * variance(kind, example, channel);
        }
        return mixed;
    }

    /** Takes the gradients by the mixed mean and variance of an example's channel. */
    void addGradient(int example, int channel, double byMean, double byVariance) {
        meanGradients[example * channels + channel] = byMean;
        varianceGradients[example * channels + channel] = byVariance;
        layerMeanGradients[example] += byMean;
        layerVarianceGradients[example] += byVariance;
    }

    /** Gives the gradients by the mean and by the variance of each channel, from this slice's part of the batch. */
    double[] batchGradients() {
        double[] sums = new double[2 * channels];
        for (int at = 0; at < examples * channels; at++) {
            sums[at % channels] += meanGradients[at];
            sums[channels + at % channels] += varianceGradients[at];
        }
        return sums;
    }

    void addWeightGradients(Parameter means, Parameter variances) {
        double[] byMeanShares = new double[kinds];
        double[] byVarianceShares = new double[kinds];
        for (int at = 0; at < examples * channels; at++) {
            for (int kind = 0; kind < kinds; kind++) {
                byMeanShares[kind] += meanGradients[at] * mean(kind, at / channels, at % channels);
                byVarianceShares[kind] += varianceGradients[at] * variance(kind, at / channels, at % channels);
            }
        }
        means.addGradient(throughSoftmax(byMeanShares, meanShares), 0);
        variances.addGradient(throughSoftmax(byVarianceShares, varianceShares), 0);
    }

    /** dλⱼ = wⱼ·(dwⱼ − Σₖ wₖ·dwₖ). */
    private static double[] throughSoftmax(double[] byShares, double[] shares) {
        double mean = 0;
        for (int k = 0; k < shares.length; k++) {
            mean += shares[k] * byShares[k];
        }
        double[] byLogits = new double[shares.length];
        for (int k = 0; k < shares.length; k++) {
            byLogits[k] = shares[k] * (byShares[k] - mean);
        }
        return byLogits;
    }

    /** @param batch gradients by mean and variance of the whole batch's channels */
    void slope(int example, int channel, double factor, double[] batch, Normalize.Slopes slopes) {
        int at = example * channels + channel;
        double layerCount = counts[example] * channels;
        double constant = meanShares[kinds - 1] * batch[channel] / batchCount
                + meanShares[kinds - 2] * layerMeanGradients[example] / layerCount;
        double ofBatch = 2 * varianceShares[kinds - 1] * batch[channels + channel] / batchCount;
        double ofLayer = 2 * varianceShares[kinds - 2] * layerVarianceGradients[example] / layerCount;
        double value = ofBatch + ofLayer;
        constant -= ofBatch * batchMeans[channel] + ofLayer * layerMeans[example];
        if (kinds > 2) {
            double ofInstance = 2 * varianceShares[0] * varianceGradients[at] / counts[example];
            constant += meanShares[0] * meanGradients[at] / counts[example] - ofInstance * instanceMeans[at];
            value += ofInstance;
        }
        slopes.set(channel, factor, constant, value, 0);
    }
}
