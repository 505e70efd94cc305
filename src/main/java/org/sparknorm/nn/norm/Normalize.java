package org.sparknorm.nn.norm;

import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Parameter;
import org.sparknorm.tensor.ChannelSums;
import org.sparknorm.tensor.RowBlock;
import org.sparknorm.tensor.RowKernels;
import org.sparknorm.tensor.Tensor;

/**
 * y = activation((x − mean)·γ/σ + β [+ addend]) and its derivative over a range of the rows of {@code [rows, C]}, for one
 * mean and one σ a channel, in one pass over memory each; x is rectified first if the input has a floor. x̂ = (x − mean)/σ
 * is computed again in the backward pass, not stored. Which rows share their statistics, and what these are, is up to the
 * norm: a whole batch, an example, a group of channels.
 */
final class Normalize {
    private final int channels;
    private final Activation.Kind activation;
    private final RowBlock lanes;
    private final RowKernels kernels = RowKernels.best();
    private final float[] mean;
    private final float[] inverseDeviation;
    private final float[] perChannel;
    private final RowKernels.Affine affine;
    private final RowKernels.Combination combination;
    private final float[] gradients;
    private final ChannelSums sums;

    Normalize(NormSpec site) {
        this.channels = site.channels();
        this.activation = site.activation();
        this.lanes = new RowBlock(channels);
        this.mean = new float[channels];
        this.inverseDeviation = new float[channels];
        this.perChannel = new float[channels];
        this.affine = new RowKernels.Affine(lanes.block(), lanes.block(), site.inputFloor());
        this.combination = new RowKernels.Combination(lanes.block(), lanes.block(), lanes.block());
        this.gradients = lanes.block();
        this.sums = new ChannelSums(channels, site.inputFloor());
    }

    /** For the calls that follow {@link #apply}. */
    void statistics(int channel, double channelMean, double inverse) {
        mean[channel] = (float) channelMean;
        inverseDeviation[channel] = (float) inverse;
    }

    float inverseDeviation(int channel) {
        return inverseDeviation[channel];
    }

    float mean(int channel) {
        return mean[channel];
    }

    /**
     * Takes the statistics given, and γ and β, for the calls that follow.
     *
     * @param scale null for 1
     * @param shift null for 0
     */
    void apply(Parameter scale, Parameter shift) {
        for (int c = 0; c < channels; c++) {
            float gamma = scale == null ? 1f : scale.values()[scale.offset() + c];
            perChannel[c] = inverseDeviation[c] * gamma;
        }
        lanes.spread(perChannel, affine.factors());
        for (int c = 0; c < channels; c++) {
            float beta = shift == null ? 0f : shift.values()[shift.offset() + c];
            perChannel[c] = beta - mean[c] * perChannel[c];
        }
        lanes.spread(perChannel, affine.terms());
    }

    /**
     * Normalizes the values from one index to another.
     *
     * @param addend null for none
     * @param last applied to the sum
     */
    void forward(Tensor x, Tensor addend, Tensor y, int from, int to, Activation.Kind last) {
        float floor = floor(last);
        for (int at = from; at < to; at += lanes.length()) {
            int count = Math.min(lanes.length(), to - at);
            if (addend == null) {
                kernels.normalize(affine, floor, x.data(), y.data(), at, 0, count);
            } else {
                kernels.normalizeAdding(affine, floor, x.data(), addend.data(), y.data(), at, 0, count);
            }
            if (last.isCurved()) {
                last.apply(y.data(), y.data(), at, at + count);
            }
        }
    }

    /** Rectifying is a floor under y, and lets through the gradients of what lies above it. */
    private static float floor(Activation.Kind activation) {
        return activation == Activation.Kind.RELU ? 0f : Float.NEGATIVE_INFINITY;
    }

    /** Forgets the gradients summed before. */
    void beginSums() {
        sums.begin(mean);
    }

    /** Sums the gradient by the normalized values, d = dy·activation′, from one index to another. */
    void addToSums(Tensor x, Tensor y, Tensor dy, int from, int to) {
        float floor = floor(activation);
        boolean curved = activation.isCurved();
        for (int at = from; at < to; at += lanes.length()) {
            int count = Math.min(lanes.length(), to - at);
            float[] d = curved ? derive(y, dy, at, count) : dy.data();
            sums.addProducts(affine, floor, x.data(), at, d, curved ? 0 : at, count);
        }
    }

    /** [Σd₀.., Σd·x̂₀..] in double. */
    double[] sums() {
        double[] products = sums.products();
        for (int c = 0; c < channels; c++) {
            products[channels + c] *= inverseDeviation[c];
        }
        return products;
    }

    /** The gradients of a block, taken back through an activation whose derivative comes from y. */
    private float[] derive(Tensor y, Tensor dy, int at, int count) {
        activation.derive(y.data(), dy.data(), at, gradients, count);
        return gradients;
    }

    /** The gradient by x, gradientFactor·d + valueFactor·x + constant, each a channel. */
    record Slopes(float[] gradientFactors, float[] valueFactors, float[] constants) {
        Slopes(int channels) {
            this(new float[channels], new float[channels], new float[channels]);
        }

        /**
         * Of dx = factor·d + meanTerm + varianceTerm·(x − mean).
         *
         * @param factor γ/σ
         */
        void set(int channel, double factor, double meanTerm, double varianceTerm, double mean) {
            gradientFactors[channel] = (float) factor;
            valueFactors[channel] = (float) varianceTerm;
            constants[channel] = (float) (meanTerm - varianceTerm * mean);
        }
    }

    /** Takes the slopes for the calls of {@link #backward} that follow. */
    void apply(Slopes slopes) {
        lanes.spread(slopes.gradientFactors(), combination.gradientFactors());
        lanes.spread(slopes.valueFactors(), combination.valueFactors());
        lanes.spread(slopes.constants(), combination.constants());
    }

    void backward(Tensor x, Tensor y, Tensor dy, Tensor dx, int from, int to) {
        float floor = floor(activation);
        boolean curved = activation.isCurved();
        for (int at = from; at < to; at += lanes.length()) {
            int count = Math.min(lanes.length(), to - at);
            float[] d = curved ? derive(y, dy, at, count) : dy.data();
            kernels.combine(combination, affine, floor, x.data(), dx.data(), at, d, curved ? 0 : at, 0, count);
        }
    }
}
