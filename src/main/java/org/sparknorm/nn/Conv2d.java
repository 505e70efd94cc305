package org.sparknorm.nn;

import java.util.List;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.ChannelSums;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;
import org.sparknorm.tensor.Window;
import org.sparknorm.tensor.convolution.Convolution;
import org.sparknorm.tensor.convolution.ConvolutionGeometry;
import org.sparknorm.tensor.convolution.ForwardPass;
import org.sparknorm.tensor.convolution.OutputListener;
import org.sparknorm.tensor.convolution.Weights;

/**
 * A convolution of images {@code [N, H, W, C]} to {@code [N, H', W', O]}, H' = ⌊(H + 2·padding − K)/stride⌋ + 1, W'
 * alike: y[n, i, j, o] = b[o] + Σ x[n, i·stride + ky − padding, j·stride + kx − padding, c]·w[o, c, ky, kx], over (ky,
 * kx, c); beyond the edges x is 0. Weights are [O, C, K, K] in files.
 */
public final class Conv2d implements Layer {
    private final Specification specification;
    private final Parameter weight;
    private final Parameter bias;
    private final Blas blas;
    private ChannelSums statistics;
    private Convolution convolution;
    private Shape convolved;
    private Tensor x;
    private Tensor y;

    /**
     * What a convolution is made of.
     *
     * @param name prefix of its parameters' names
     * @param inputGradient false for the layer nearest to the images, whose gradient is not used
     */
    public record Specification(
            String name, int channels, int filters, Window window, boolean bias, boolean inputGradient) {}

    public Conv2d(Specification specification, Blas blas) {
        this.specification = specification;
        this.blas = blas;
        this.weight = Parameter.convolution(
                specification.name() + ".weight",
                specification.window().size(),
                specification.channels(),
                specification.filters());
        this.bias = specification.bias()
                ? Parameter.vector(specification.name() + ".bias", specification.filters(), Parameter.Role.BIAS)
                : null;
    }

    public Window window() {
        return specification.window();
    }

    /**
     * Gathers sums and squared sums of the output in training, as it is computed, for the norm after this layer.
     *
     * @param rectified whether negative values count as 0
     */
    public ChannelSums gatherStatistics(boolean rectified) {
        statistics = new ChannelSums(specification.filters(), rectified ? 0f : Float.NEGATIVE_INFINITY);
        return statistics;
    }

    @Override
    public Shape outputShape(Shape input) {
        Window window = specification.window();
        boolean isImage = input.rank() == 3 && input.last() == specification.channels();
        if (!isImage || window.places(input.dimension(0)) < 1 || window.places(input.dimension(1)) < 1) {
            throw new IllegalArgumentException(weight.name() + " of shape " + weight.shape() + " (" + window
                    + ") does not fit examples of shape " + input);
        }
        return Shape.of(window.places(input.dimension(0)), window.places(input.dimension(1)), specification.filters());
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
        x = input;
        Shape example = x.shape().example();
        prepare(example);
        y = Tensor.reuse(y, outputShape(example).batch(x.count()));
        boolean gathers = pass.training() && statistics != null;
        if (gathers) {
            statistics.begin();
        }
        ForwardPass arrays = new ForwardPass(
                x.data(),
                x.count(),
                new Weights(weight.values(), weight.offset()),
                bias == null ? null : new Weights(bias.values(), bias.offset()),
                y.data(),
                gathers ? statistics::addSquares : OutputListener.NONE);
        convolution.forward(arrays, pass.scratch());
        if (pass.probes(specification.name())) {
            pass.probe().take(y);
        }
        return y;
    }

    private void prepare(Shape example) {
        if (example.equals(convolved)) {
            return;
        }
        convolution = new Convolution(
                new ConvolutionGeometry(
                        specification.window(),
                        example.dimension(0),
                        example.dimension(1),
                        specification.channels(),
                        specification.filters()),
                blas);
        convolved = example;
    }

    /** Lengths of the arrays that the forward pass of so many examples takes of its scratch at once. */
    public long[] forwardScratch(Shape example, int count) {
        prepare(example);
        return convolution.scratchLengths(count);
    }

    /** The same of the gradient by the input. */
    public long[] backwardScratch(Shape example, int count) {
        prepare(example);
        return specification.inputGradient() ? convolution.inputScratchLengths(count) : new long[0];
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        convolution.backwardWeights(
                x.data(), dy.data(), x.count(), new Weights(weight.gradients(), weight.offset()), pass.scratch());
        if (bias != null) {
            addBiasGradient(dy);
        }
        if (!specification.inputGradient()) {
            return null;
        }
        Tensor dx = pass.scratch().take(x.shape());
        convolution.backwardInput(
                dy.data(), x.count(), new Weights(weight.values(), weight.offset()), dx.data(), pass.scratch());
        return dx;
    }

    /** In double, as a channel of images has many values; the squares that are summed along with them are not used. */
    private void addBiasGradient(Tensor dy) {
        ChannelSums sums = new ChannelSums(specification.filters());
        sums.begin();
        sums.addSquares(dy.data(), 0, dy.size());
        bias.addGradient(sums.squares(), 1);
    }

    @Override
    public List<Parameter> parameters() {
        return bias == null ? List.of(weight) : List.of(weight, bias);
    }

    @Override
    public String toString() {
        return "Conv2d " + specification.channels() + " → " + specification.filters() + ", " + specification.window();
    }
}
