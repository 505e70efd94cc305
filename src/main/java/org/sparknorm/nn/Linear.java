package org.sparknorm.nn;

import java.util.List;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Matrix;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/**
 * A fully connected layer: y = x·Wᵀ + b for x of {@code [N, in]}, or each position of {@code [N, T, in]}; W of {@code
 * [out, in]}, b of {@code [out]} or none.
 *
 * <p>dW = dyᵀ·x, db = Σ dy over examples, dx = dy·W.
 */
public final class Linear implements Layer {
    private final String name;
    private final Parameter weight;
    private final Parameter bias;
    private final Blas blas;
    private final int in;
    private final int out;
    private final boolean inputGradient;
    private Tensor x;
    private Tensor y;

    /**
     * What a linear layer is made of.
     *
     * @param name prefix of its parameters' names
     * @param inputGradient false for the layer nearest to the images, whose gradient is not used
     */
    public record Specification(String name, int in, int out, boolean bias, boolean inputGradient) {}

    public Linear(Specification specification, Blas blas) {
        this(
                specification,
                weight(specification, specification.name() + ".weight"),
                specification.name() + ".bias",
                blas);
    }

    private static Parameter weight(Specification specification, String name) {
        int in = specification.in();
        int out = specification.out();
        return Parameter.weight(name, Shape.of(out, in), in, out);
    }

    /** Makes a layer whose weight and bias have the name of the specification followed by these names. */
    static Linear named(Specification specification, String weight, String bias, Blas blas) {
        String prefix = specification.name();
        return new Linear(specification, weight(specification, prefix + weight), prefix + bias, blas);
    }

    /**
     * Makes the layer after {@link View.Kind#FLAT} of images of that shape. In files its columns have PyTorch's order
     * (C, H, W).
     */
    public static Linear afterImages(Specification specification, Shape image, Blas blas) {
        Parameter weight = Parameter.afterImages(specification.name() + ".weight", image, specification.out());
        return new Linear(specification, weight, specification.name() + ".bias", blas);
    }

    private Linear(Specification specification, Parameter weight, String biasName, Blas blas) {
        this.name = specification.name();
        this.weight = weight;
        this.blas = blas;
        this.in = specification.in();
        this.out = specification.out();
        this.inputGradient = specification.inputGradient();
        this.bias = specification.bias() ? Parameter.vector(biasName, out, Parameter.Role.BIAS) : null;
    }

    @Override
    public Shape outputShape(Shape input) {
        if (input.rank() == 0 || input.rank() > 2 || input.last() != in) {
            throw new IllegalArgumentException(
                    weight.name() + " of shape " + weight.shape() + " does not fit examples of shape " + input);
        }
        return input.withLast(out);
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
        x = input;
        y = Tensor.reuse(y, x.shape().withLast(out));
        if (bias != null) {
            for (int at = 0; at < y.size(); at += out) {
                System.arraycopy(bias.values(), bias.offset(), y.data(), at, out);
            }
        }
        blas.multiply(rows(x, in), weights().transpose(), bias == null ? 0f : 1f, rows(y, out));
        if (pass.probes(name)) {
            pass.probe().take(y);
        }
        return y;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        Matrix dWeight = Matrix.of(weight.gradients(), weight.offset(), out, in);
        blas.multiply(rows(dy, out).transpose(), rows(x, in), 1f, dWeight);
        if (bias != null) {
            addBiasGradient(dy);
        }
        if (!inputGradient) {
            return null;
        }
        Tensor dx = pass.scratch().take(x.shape());
        blas.multiply(rows(dy, out), weights(), 0f, rows(dx, in));
        return dx;
    }

    private void addBiasGradient(Tensor dy) {
        float[] target = bias.gradients();
        int offset = bias.offset();
        float[] values = dy.data();
        for (int row = 0; row < dy.size(); row += out) {
            for (int i = 0; i < out; i++) {
                target[offset + i] += values[row + i];
            }
        }
    }

    private Matrix weights() {
        return Matrix.of(weight.values(), weight.offset(), out, in);
    }

    private static Matrix rows(Tensor tensor, int columns) {
        return Matrix.of(tensor.data(), 0, tensor.size() / columns, columns);
    }

    @Override
    public List<Parameter> parameters() {
        return bias == null ? List.of(weight) : List.of(weight, bias);
    }

    @Override
    public String toString() {
        return "Linear " + in + " → " + out;
    }
}
