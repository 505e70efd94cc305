package org.sparknorm.nn.norm;

import org.sparknorm.tensor.Tensor;

/**
 * y = (x − mean)·γ/σ + β and its derivative, for one mean and σ = √(variance + ε) a channel (the last axis). x̂ = (x −
 * mean)/σ is computed again in the backward pass, not stored.
 */
final class Normalize {
    private final int channels;
    private final float[] mean;
    private final float[] inverseDeviation;

    Normalize(int channels) {
        this.channels = channels;
        this.mean = new float[channels];
        this.inverseDeviation = new float[channels];
    }

    void statistics(int channel, double channelMean, double channelVariance, double epsilon) {
        mean[channel] = (float) channelMean;
        inverseDeviation[channel] = (float) (1 / Math.sqrt(channelVariance + epsilon));
    }

    void forward(Tensor x, Tensor y, float[] scale, float[] shift) {
        float[] in = x.data();
        float[] out = y.data();
        int size = x.size();
        for (int row = 0; row < size; row += channels) {
            for (int c = 0; c < channels; c++) {
                out[row + c] = (in[row + c] - mean[c]) * inverseDeviation[c] * scale[c] + shift[c];
            }
        }
    }

    /** [Σdy₀.., Σdy·x̂₀..] in double. */
    double[] backwardSums(Tensor x, Tensor dy) {
        double[] sums = new double[2 * channels];
        float[] in = x.data();
        float[] up = dy.data();
        int size = x.size();
        for (int row = 0; row < size; row += channels) {
            for (int c = 0; c < channels; c++) {
                double d = up[row + c];
                sums[c] += d;
                sums[channels + c] += d * ((in[row + c] - mean[c]) * inverseDeviation[c]);
            }
        }
        return sums;
    }

    /** dx = γ/σ · (dy − Σdy/m − x̂·Σ(dy·x̂)/m) (Ioffe and Szegedy 2015, section 3). */
    void backward(Tensor x, Tensor dy, Tensor dx, float[] scale, double[] sums, double count) {
        float[] meanGradient = new float[channels];
        float[] meanProduct = new float[channels];
        for (int c = 0; c < channels; c++) {
            meanGradient[c] = (float) (sums[c] / count);
            meanProduct[c] = (float) (sums[channels + c] / count);
        }
        float[] in = x.data();
        float[] up = dy.data();
        float[] down = dx.data();
        int size = x.size();
        for (int row = 0; row < size; row += channels) {
            for (int c = 0; c < channels; c++) {
                float normalized = (in[row + c] - mean[c]) * inverseDeviation[c];
                down[row + c] =
                        scale[c] * inverseDeviation[c] * (up[row + c] - meanGradient[c] - normalized * meanProduct[c]);
            }
        }
    }
}
