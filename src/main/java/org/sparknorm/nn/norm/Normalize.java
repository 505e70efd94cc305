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
    private final float[] valueFactors;
    private final float[] values;
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
        this.valueFactors = lanes.block();
        this.values = lanes.block();
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
            scaleAndShift(values, factors, terms, count);
            if (addend != null) {
                System.arraycopy(addend.data(), at, gradients, 0, count);
                add(values, gradients, count);
            }
            activation.apply(values, values, count);
            System.arraycopy(values, 0, y.data(), at, count);
        }
    }

    private static void scaleAndShift(float[] values, float[] factors, float[] terms, int count) {
        for (int i = 0; i < count; i++) {
            values[i] = values[i] * factors[i] + terms[i];
        }
    }

    private static void add(float[] values, float[] addends, int count) {
        for (int i = 0; i < count; i++) {
            values[i] += addends[i];
        }
    }

    /**
     * Takes the gradient back through the activation and sums it.
     *
     * @param dNormalized receives dy·activation′(y); may be dy where there is no activation
     * @return [Σd₀.., Σd·x̂₀..] in double
     */
    double[] backwardSums(Tensor x, Tensor y, Tensor dy, Tensor dNormalized, Activation.Kind activation) {
        sums.begin(mean);
        int size = x.size();
        for (int at = 0; at < size; at += lanes.length()) {
            int count = Math.min(lanes.length(), size - at);
            System.arraycopy(dy.data(), at, gradients, 0, count);
            if (activation != Activation.Kind.NONE) {
                System.arraycopy(y.data(), at, values, 0, count);
                activation.derive(values, gradients, gradients, count);
                System.arraycopy(gradients, 0, dNormalized.data(), at, count);
            }
            System.arraycopy(x.data(), at, values, 0, count);
            sums.addProducts(gradients, values, count);
        }
        double[] products = sums.products();
        for (int c = 0; c < channels; c++) {
            products[channels + c] *= inverseDeviation[c];
        }
        return products;
    }

    /** dx = γ/σ · (d − Σd/m − x̂·Σ(d·x̂)/m) (Ioffe and Szegedy 2015, section 3). */
    void backward(Tensor x, Tensor dNormalized, Tensor dx, float[] scale, double[] totals, double count) {
        // dx = factor·d + valueFactor·x + term
        float[] slopes = new float[channels];
        float[] constants = new float[channels];
        for (int c = 0; c < channels; c++) {
            double factor = (double) inverseDeviation[c] * scale[c];
            double slope = -factor * inverseDeviation[c] * totals[channels + c] / count;
            perChannel[c] = (float) factor;
            slopes[c] = (float) slope;
            constants[c] = (float) (-factor * totals[c] / count - slope * mean[c]);
        }
        lanes.spread(perChannel, factors);
        lanes.spread(slopes, valueFactors);
        lanes.spread(constants, terms);
        int size = x.size();
        for (int at = 0; at < size; at += lanes.length()) {
            int length = Math.min(lanes.length(), size - at);
            System.arraycopy(x.data(), at, values, 0, length);
            System.arraycopy(dNormalized.data(), at, gradients, 0, length);
            combine(gradients, factors, values, valueFactors, terms, length);
            System.arraycopy(gradients, 0, dx.data(), at, length);
        }
    }

    private static void combine(
            float[] gradients, float[] factors, float[] values, float[] valueFactors, float[] terms, int count) {
        for (int i = 0; i < count; i++) {
            gradients[i] = factors[i] * gradients[i] + valueFactors[i] * values[i] + terms[i];
        }
    }
}
