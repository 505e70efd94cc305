package org.sparknorm.nn.norm;

import org.sparknorm.nn.Activation;
import org.sparknorm.tensor.ChannelSums;
import org.sparknorm.tensor.Lanes;
import org.sparknorm.tensor.RowKernels;
import org.sparknorm.tensor.Tensor;

/**
 * y = activation((x − mean)·γ/σ + β [+ addend]) and its derivative, for one mean and σ = √(variance + ε) a channel (the
 * last axis), in one pass over memory each; x is rectified first if the input has a floor. x̂ = (x − mean)/σ is computed again in the backward pass, not stored.
 */
final class Normalize {
    private final int channels;
    private final Lanes lanes;
    private final RowKernels kernels = RowKernels.best();
    private final float[] mean;
    private final float[] inverseDeviation;
    private final float[] perChannel;
    private final RowKernels.Affine affine;
    private final RowKernels.Combination combination;
    private final float[] gradients;
    private final ChannelSums sums;

    /** @param inputFloor 0 if the input is rectified first, otherwise negative infinity */
    Normalize(int channels, float inputFloor) {
        this.channels = channels;
        this.lanes = new Lanes(channels);
        this.mean = new float[channels];
        this.inverseDeviation = new float[channels];
        this.perChannel = new float[channels];
        this.affine = new RowKernels.Affine(lanes.block(), lanes.block(), inputFloor);
        this.combination = new RowKernels.Combination(lanes.block(), lanes.block(), lanes.block());
        this.gradients = lanes.block();
        this.sums = new ChannelSums(channels, inputFloor);
    }

    void statistics(int channel, double channelMean, double channelVariance, double epsilon) {
        mean[channel] = (float) channelMean;
        inverseDeviation[channel] = (float) (1 / Math.sqrt(channelVariance + epsilon));
    }

    /** @param addend null for none */
    void forward(Tensor x, Tensor addend, Tensor y, float[] scale, float[] shift, Activation.Kind activation) {
        for (int c = 0; c < channels; c++) {
            perChannel[c] = inverseDeviation[c] * scale[c];
        }
        lanes.spread(perChannel, affine.factors());
        for (int c = 0; c < channels; c++) {
            perChannel[c] = shift[c] - mean[c] * perChannel[c];
        }
        lanes.spread(perChannel, affine.terms());
        float floor = floor(activation);
        int size = x.size();
        for (int at = 0; at < size; at += lanes.length()) {
            int count = Math.min(lanes.length(), size - at);
            if (addend == null) {
                kernels.normalize(affine, floor, x.data(), y.data(), at, 0, count);
            } else {
                kernels.normalizeAdding(affine, floor, x.data(), addend.data(), y.data(), at, 0, count);
            }
            if (activation.isCurved()) {
                activation.apply(y.data(), y.data(), at, at + count);
            }
        }
    }

    /** Rectifying is a floor under y, and lets through the gradients of what lies above it. */
    private static float floor(Activation.Kind activation) {
        return activation == Activation.Kind.RELU ? 0f : Float.NEGATIVE_INFINITY;
    }

    /**
     * Sums the gradient by the normalized values, d = dy·activation′.
     *
     * @return [Σd₀.., Σd·x̂₀..] in double
     */
    double[] backwardSums(Tensor x, Tensor y, Tensor dy, Activation.Kind activation) {
        sums.begin(mean);
        int size = x.size();
        float floor = floor(activation);
        for (int at = 0; at < size; at += lanes.length()) {
            int count = Math.min(lanes.length(), size - at);
            boolean curved = activation.isCurved();
            float[] d = curved ? derive(y, dy, activation, at, count) : dy.data();
            sums.addProducts(affine, floor, x.data(), at, d, curved ? 0 : at, count);
        }
        double[] products = sums.products();
        for (int c = 0; c < channels; c++) {
            products[channels + c] *= inverseDeviation[c];
        }
        return products;
    }

    /** The gradients of a block, taken back through an activation whose derivative comes from y. */
    private float[] derive(Tensor y, Tensor dy, Activation.Kind activation, int at, int count) {
        activation.derive(y.data(), dy.data(), at, gradients, count);
        return gradients;
    }

    /** dx = γ/σ · (d − Σd/m − x̂·Σ(d·x̂)/m) (Ioffe and Szegedy 2015, section 3). */
    void backward(Tensor x, Tensor y, Tensor dy, Tensor dx, float[] scale, Activation.Kind activation, Totals totals) {
        // dx = gradientFactor·d + valueFactor·x + constant
        float[] slopes = new float[channels];
        float[] shifts = new float[channels];
        for (int c = 0; c < channels; c++) {
            double factor = (double) inverseDeviation[c] * scale[c];
            double slope = -factor * inverseDeviation[c] * totals.sums()[channels + c] / totals.count();
            perChannel[c] = (float) factor;
            slopes[c] = (float) slope;
            shifts[c] = (float) (-factor * totals.sums()[c] / totals.count() - slope * mean[c]);
        }
        lanes.spread(perChannel, combination.gradientFactors());
        lanes.spread(slopes, combination.valueFactors());
        lanes.spread(shifts, combination.constants());
        float floor = floor(activation);
        int size = x.size();
        for (int at = 0; at < size; at += lanes.length()) {
            int count = Math.min(lanes.length(), size - at);
            boolean curved = activation.isCurved();
            float[] d = curved ? derive(y, dy, activation, at, count) : dy.data();
            kernels.combine(combination, affine, floor, x.data(), dx.data(), at, d, curved ? 0 : at, 0, count);
        }
    }

    /** Σd and Σd·x̂ over all slices, and the number of values behind them. */
    record Totals(double[] sums, double count) {}
}
