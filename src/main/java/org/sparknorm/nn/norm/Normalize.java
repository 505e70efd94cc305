package org.sparknorm.nn.norm;

import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Parameter;
import org.sparknorm.tensor.ChannelSums;
import org.sparknorm.tensor.Implementations;
import org.sparknorm.tensor.RowBlock;
import org.sparknorm.tensor.RowKernels;
import org.sparknorm.tensor.Tensor;

/**
 * y = activation((x − mean)·γ/σ + β [+ residual]) and its derivative over a range of the rows of {@code [rows, C]}, for
 * one mean and one σ per channel, in one pass over memory each; x is rectified first if the input has a floor. x̂ = (x
 * − mean)/σ is computed again in the backward pass, not stored. Which rows share their statistics, and what these are,
 * is up to the norm: a whole batch, an example, a group of channels.
 *
 * <p>Every phase gives the object that the next one needs: {@link Statistics} make a {@link ChannelMap}, which
 * normalizes; the map makes {@link GradientSums} and, of {@link Slopes}, an {@link InputGradient}. There is one object
 * of each kind, and it is valid until it is made again.
 */
final class Normalize {
    private final int channels;
    private final Activation.Kind activation;
    private final Parameter scale;
    private final Parameter shift;
    private final RowKernels kernels = Implementations.ROW_KERNELS;
    private final RowBlock block;
    private final RowKernels.Affine affine;
    private final RowKernels.Combination combination;
    private final ChannelSums sums;
    private final float[] perChannel;
    private final float[] gradients;
    private final ChannelMap map = new ChannelMap();
    private final GradientSums gradientSums = new GradientSums();
    private final InputGradient inputGradient = new InputGradient();

    /**
     * @param scale γ
     * @param shift β
     */
    Normalize(NormSpec spec, Parameter scale, Parameter shift) {
        this.channels = scale.size();
        this.activation = spec.activation();
        this.scale = scale;
        this.shift = shift;
        this.block = new RowBlock(channels);
        this.affine = new RowKernels.Affine(block.allocate(), block.allocate(), spec.inputFloor());
        this.combination = new RowKernels.Combination(block.allocate(), block.allocate(), block.allocate());
        this.sums = new ChannelSums(channels, spec.inputFloor());
        this.perChannel = new float[channels];
        this.gradients = block.allocate();
    }

    /** The mean and 1/σ per channel, in float. */
    record Statistics(float[] means, float[] inverseDeviations) {
        Statistics(int channels) {
            this(new float[channels], new float[channels]);
        }

        void set(int channel, double mean, double inverseDeviation) {
            means[channel] = (float) mean;
            inverseDeviations[channel] = (float) inverseDeviation;
        }
    }

    /** Makes the map x → (x − mean)·γ/σ + β. */
    ChannelMap map(Statistics statistics) {
        map.statistics = statistics;
        for (int c = 0; c < channels; c++) {
            perChannel[c] = statistics.inverseDeviations[c] * scale.values()[scale.offset() + c];
        }
        block.spread(perChannel, affine.factors());
        for (int c = 0; c < channels; c++) {
            perChannel[c] = shift.values()[shift.offset() + c] - statistics.means[c] * perChannel[c];
        }
        block.spread(perChannel, affine.terms());
        return map;
    }

    /** Rectifying is a floor under y, and lets the gradients of what lies above it through. */
    private static float floor(Activation.Kind activation) {
        return activation == Activation.Kind.RELU ? 0f : Float.NEGATIVE_INFINITY;
    }

    /** Takes the gradients of a block back through an activation whose derivative comes from y. */
    private float[] derive(Tensor y, Tensor dy, int at, int count) {
        activation.derive(y.data(), dy.data(), at, gradients, count);
        return gradients;
    }

    /** The map of {@link #map}. */
    final class ChannelMap {
        private Statistics statistics;

        /**
         * Normalizes the values from one index to another.
         *
         * @param residual added to them; null for none
         * @param last applied to the sum
         */
        void normalize(Tensor x, Tensor residual, Tensor y, int from, int to, Activation.Kind last) {
            float floor = floor(last);
            for (int at = from; at < to; at += block.length()) {
                int count = Math.min(block.length(), to - at);
                if (residual == null) {
                    kernels.normalize(affine, floor, x.data(), y.data(), at, 0, count);
                } else {
                    kernels.normalizeAdding(affine, floor, x.data(), residual.data(), y.data(), at, 0, count);
                }
                if (last.isCurved()) {
                    last.apply(y.data(), y.data(), at, at + count);
                }
            }
        }

        /** Begins the sums of gradients. */
        GradientSums gradientSums() {
            sums.begin(statistics.means);
            return gradientSums;
        }

        /** Makes the gradient by the input. */
        InputGradient inputGradient(Slopes slopes) {
            block.spread(slopes.gradientFactors, combination.gradientFactors());
            block.spread(slopes.valueFactors, combination.valueFactors());
            block.spread(slopes.constants, combination.constants());
            return inputGradient;
        }
    }

    /** The sums per channel of the gradient by the normalized values, d = dy·activation′, and of d·x̂. */
    final class GradientSums {
        /** Adds the values from one index to another. */
        void add(Tensor x, Tensor y, Tensor dy, int from, int to) {
            float floor = floor(activation);
            boolean curved = activation.isCurved();
            for (int at = from; at < to; at += block.length()) {
                int count = Math.min(block.length(), to - at);
                float[] d = curved ? derive(y, dy, at, count) : dy.data();
                sums.addProducts(affine, floor, x.data(), at, d, curved ? 0 : at, count);
            }
        }

        /** Gives [Σd₀.., Σd·x̂₀..] in double. */
        double[] totals() {
            double[] products = sums.products();
            for (int c = 0; c < channels; c++) {
                products[channels + c] *= map.statistics.inverseDeviations[c];
            }
            return products;
        }
    }

    /** The gradient by x, gradientFactor·d + valueFactor·x + constant, with three numbers per channel. */
    record Slopes(float[] gradientFactors, float[] valueFactors, float[] constants) {
        Slopes(int channels) {
            this(new float[channels], new float[channels], new float[channels]);
        }

        /**
         * Takes the numbers from dx = factor·d + meanTerm + varianceTerm·(x − mean).
         *
         * @param factor γ/σ
         */
        void set(int channel, double factor, double meanTerm, double varianceTerm, double mean) {
            gradientFactors[channel] = (float) factor;
            valueFactors[channel] = (float) varianceTerm;
            constants[channel] = (float) (meanTerm - varianceTerm * mean);
        }
    }

    /** The gradient by the input that {@link Slopes} describe. */
    final class InputGradient {
        /** Writes dx from one index to another. */
        void write(Tensor x, Tensor y, Tensor dy, Tensor dx, int from, int to) {
            float floor = floor(activation);
            boolean curved = activation.isCurved();
            for (int at = from; at < to; at += block.length()) {
                int count = Math.min(block.length(), to - at);
                float[] d = curved ? derive(y, dy, at, count) : dy.data();
                kernels.combine(combination, affine, floor, x.data(), dx.data(), at, d, curved ? 0 : at, 0, count);
            }
        }
    }
}
