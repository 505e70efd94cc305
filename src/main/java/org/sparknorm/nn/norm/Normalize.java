package org.sparknorm.nn.norm;

import org.sparknorm.nn.Activation;
import org.sparknorm.tensor.ChannelSums;
import org.sparknorm.tensor.Lanes;
import org.sparknorm.tensor.Tensor;

/**
 * y = activation((x − mean)·γ/σ + β [+ addend]) and its derivative, for one mean and σ = √(variance + ε) a channel (the
 * last axis), in one pass over memory each. x̂ = (x − mean)/σ is computed again in the backward pass, not stored.
 */
final class Normalize {
    private final int channels;
    private final Lanes lanes;
    private final float[] mean;
    private final float[] inverseDeviation;
    private final float[] perChannel;
    private final float[] factors;
    private final float[] terms;
    private final float[] gradientFactors;
    private final float[] valueFactors;
    private final float[] constants;
    private final float[] values;
    private final float[] others;
    private final float[] gradients;
    private final ChannelSums sums;

    Normalize(int channels) {
        this.channels = channels;
        this.lanes = new Lanes(channels);
        this.mean = new float[channels];
        this.inverseDeviation = new float[channels];
        this.perChannel = new float[channels];
        this.factors = lanes.block();
        this.terms = lanes.block();
        this.gradientFactors = lanes.block();
        this.valueFactors = lanes.block();
        this.constants = lanes.block();
        this.values = lanes.block();
        this.others = lanes.block();
        this.gradients = lanes.block();
        this.sums = new ChannelSums(channels);
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
        lanes.spread(perChannel, factors);
        for (int c = 0; c < channels; c++) {
            perChannel[c] = shift[c] - mean[c] * perChannel[c];
        }
        lanes.spread(perChannel, terms);
        int size = x.size();
        for (int at = 0; at < size; at += lanes.length()) {
            int count = Math.min(lanes.length(), size - at);
            System.arraycopy(x.data(), at, values, 0, count);
            scaleAndShift(values, factors, terms, values, count);
            if (addend != null) {
                System.arraycopy(addend.data(), at, others, 0, count);
                add(values, others, count);
            }
            activation.apply(values, values, count);
            System.arraycopy(values, 0, y.data(), at, count);
        }
    }

    private static void scaleAndShift(float[] values, float[] factors, float[] terms, float[] target, int count) {
        for (int i = 0; i < count; i++) {
            target[i] = values[i] * factors[i] + terms[i];
        }
    }

    private static void add(float[] values, float[] addends, int count) {
        for (int i = 0; i < count; i++) {
            values[i] += addends[i];
        }
    }

    /**
     * Sums the gradient by the normalized values, d = dy·activation′.
     *
     * @return [Σd₀.., Σd·x̂₀..] in double
     */
    double[] backwardSums(Tensor x, Tensor y, Tensor dy, Activation.Kind activation) {
        sums.begin(mean);
        int size = x.size();
        for (int at = 0; at < size; at += lanes.length()) {
            int count = Math.min(lanes.length(), size - at);
            read(x, y, dy, activation, at, count);
            sums.addProducts(gradients, values, count);
        }
        double[] products = sums.products();
        for (int c = 0; c < channels; c++) {
            products[channels + c] *= inverseDeviation[c];
        }
        return products;
    }

    /** Values and gradients of a block, the gradients taken back through the activation. */
    private void read(Tensor x, Tensor y, Tensor dy, Activation.Kind activation, int at, int count) {
        System.arraycopy(x.data(), at, values, 0, count);
        System.arraycopy(dy.data(), at, gradients, 0, count);
        if (activation == Activation.Kind.RELU) {
            // What went into it is computed again, which takes less time than reading y.
            scaleAndShift(values, factors, terms, others, count);
        } else if (activation != Activation.Kind.NONE) {
            System.arraycopy(y.data(), at, others, 0, count);
        }
        activation.derive(others, gradients, gradients, count);
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
        lanes.spread(perChannel, gradientFactors);
        lanes.spread(slopes, valueFactors);
        lanes.spread(shifts, constants);
        int size = x.size();
        for (int at = 0; at < size; at += lanes.length()) {
            int count = Math.min(lanes.length(), size - at);
            read(x, y, dy, activation, at, count);
            combine(gradients, gradientFactors, values, valueFactors, constants, count);
            System.arraycopy(gradients, 0, dx.data(), at, count);
        }
    }

    /** Σd and Σd·x̂ over all slices, and the number of values behind them. */
    record Totals(double[] sums, double count) {}

    private static void combine(
            float[] gradients, float[] factors, float[] values, float[] valueFactors, float[] terms, int count) {
        for (int i = 0; i < count; i++) {
            gradients[i] = factors[i] * gradients[i] + valueFactors[i] * values[i] + terms[i];
        }
    }
}
