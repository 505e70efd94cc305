package org.sparknorm.nn.norm;

import java.util.Arrays;
import java.util.List;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Parameter;
import org.sparknorm.nn.Pass;
import org.sparknorm.tensor.Implementations;
import org.sparknorm.tensor.PositionKernels;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/**
 * Layer normalization (Ba et al. 2016) of each vector of {@code [N, C]} or position of {@code [N, T, C]} by the mean
 * and the biased variance of its C values: y = γ·(x − μ)/√(σ² + ε) + β, γ and β per channel. Images, whose values share
 * one mean and one variance per example, have {@link GroupNorm} of one group.
 */
public final class LayerNorm implements Layer {
    /** Positions whose gradients by γ and β are summed in float before they go into a double. */
    private static final int POSITIONS_IN_FLOAT = 64;

    private final NormSpec spec;
    private final int channels;
    private final double epsilon;
    private final Parameter scale;
    private final Parameter shift;
    private final PositionKernels kernels = Implementations.POSITION_KERNELS;
    private final PositionKernels.Sums sums = new PositionKernels.Sums();
    private final float[] scales;
    private final float[] shifts;
    private final float[] scaleGradients;
    private final float[] shiftGradients;
    private final double[] totals;
    /** One for each position. */
    private float[] means = new float[0];

    private float[] inverseDeviations = new float[0];
    private Tensor x;
    private Tensor y;

    /** @param name prefix of its tensors' names */
    public LayerNorm(String name, int channels, double epsilon) {
        this.spec = new NormSpec(name, channels, Activation.Kind.NONE);
        this.channels = channels;
        this.epsilon = epsilon;
        this.scale = Parameter.vector(name + ".weight", channels, Parameter.Role.NORM_SCALE);
        this.shift = Parameter.vector(name + ".bias", channels, Parameter.Role.NORM_SHIFT);
        this.scales = new float[channels];
        this.shifts = new float[channels];
        this.scaleGradients = new float[channels];
        this.shiftGradients = new float[channels];
        this.totals = new double[2 * channels];
    }

    public double epsilon() {
        return epsilon;
    }

    @Override
    public Shape outputShape(Shape input) {
        if (!spec.hasChannelsOf(input)) {
            throw spec.doesNotFit(input);
        }
        if (channels == 1) {
            throw new IllegalArgumentException(spec.name() + " has one channel, and a variance needs two values");
        }
        return input;
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
        x = input;
        y = Tensor.reuse(y, x.shape());
        int positions = x.size() / channels;
        if (means.length < positions) {
            means = new float[positions];
            inverseDeviations = new float[positions];
        }
        System.arraycopy(scale.values(), scale.offset(), scales, 0, channels);
        System.arraycopy(shift.values(), shift.offset(), shifts, 0, channels);
        for (int position = 0; position < positions; position++) {
            int at = position * channels;
            float pivot = x.data()[at];
            sums.clear();
            kernels.addSquares(sums, pivot, x.data(), at, channels);
            double distance = sums.first() / channels;
            double variance = Math.max(0, sums.second() / channels - distance * distance);
            means[position] = (float) (pivot + distance);
            inverseDeviations[position] = (float) (1 / Math.sqrt(variance + epsilon));
            kernels.normalize(normalizer(position), scales, shifts, x.data(), y.data(), at);
        }
        if (pass.probes(spec.name())) {
            pass.probe().take(y);
        }
        return y;
    }

    private PositionKernels.Statistics normalizer(int position) {
        return new PositionKernels.Statistics(means[position], inverseDeviations[position]);
    }

    /** dx = 1/σ · (γd − Σγd/C − x̂·Σγdx̂/C), sums over the channels of a position. */
    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        Tensor dx = pass.scratch().take(x.shape());
        int positions = x.size() / channels;
        Arrays.fill(totals, 0);
        for (int position = 0; position < positions; position++) {
            int at = position * channels;
            PositionKernels.Statistics own = normalizer(position);
            sums.clear();
            kernels.addProducts(sums, own, scales, x.data(), dy.data(), at);
            double inverse = inverseDeviations[position];
            double meanTerm = -inverse * sums.first() / channels;
            double varianceTerm = -inverse * inverse * sums.second() / channels;
            PositionKernels.Slopes slopes = new PositionKernels.Slopes(
                    (float) inverse, (float) varianceTerm, (float) (meanTerm - varianceTerm * means[position]));
            kernels.backward(
                    slopes,
                    own,
                    new PositionKernels.Affine(scales, scaleGradients, shiftGradients),
                    x.data(),
                    dy.data(),
                    dx.data(),
                    at);
            if (position % POSITIONS_IN_FLOAT == POSITIONS_IN_FLOAT - 1) {
                collect();
            }
        }
        collect();
        scale.addGradient(totals, channels);
        shift.addGradient(totals, 0);
        return dx;
    }

    private void collect() {
        for (int c = 0; c < channels; c++) {
            totals[c] += shiftGradients[c];
            totals[channels + c] += scaleGradients[c];
        }
        Arrays.fill(shiftGradients, 0f);
        Arrays.fill(scaleGradients, 0f);
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(scale, shift);
    }

    @Override
    public String toString() {
        return "LayerNorm " + channels;
    }
}
