package org.sparknorm.nn;

import java.util.List;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Matrix;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/**
 * A fully connected layer: y = x·Wᵀ + b for x of {@code [N, in]}, W of {@code [out, in]}, b of {@code [out]} or none.
 *
 * <p>dW = dyᵀ·x, db = Σ dy over examples, dx = dy·W.
 */
public final class Linear implements Layer {
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
     * @param inputGradient false for the layer nearest to the images: nobody needs their gradient
     */
    public record Specification(String name, int in, int out, boolean bias, boolean inputGradient) {}

    public Linear(Specification specification, Blas blas) {
        this(
                specification,
                Parameter.weight(
                        specification.name() + ".weight",
                        Shape.of(specification.out(), specification.in()),
                        specification.in(),
                        specification.out()),
                blas);
    }

    /** Behind {@link Flatten} of images of that shape: in files its columns are in PyTorch's order (C, H, W). */
    public static Linear behindImages(Specification specification, Shape image, Blas blas) {
        Parameter weight = Parameter.behindImages(specification.name() + ".weight", image, specification.out());
        return new Linear(specification, weight, blas);
    }

    private Linear(Specification specification, Parameter weight, Blas blas) {
        this.weight = weight;
        this.blas = blas;
        this.in = specification.in();
        this.out = specification.out();
        this.inputGradient = specification.inputGradient();
        this.bias = specification.bias()
                ? Parameter.vector(specification.name() + ".bias", out, Parameter.Role.BIAS)
                : null;
    }

    @Override
    public Shape outputShape(Shape input) {
        if (!input.equals(Shape.of(in))) {
            throw new IllegalArgumentException(
                    weight.name() + " of shape " + weight.shape() + " does not fit examples of shape " + input);
        }
        return Shape.of(out);
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
        x = input;
        int count = x.count();
        y = Tensor.reuse(y, Shape.of(count, out));
        if (bias != null) {
            for (int example = 0; example < count; example++) {
                System.arraycopy(bias.values(), bias.offset(), y.data(), example * out, out);
            }
        }
        blas.multiply(rows(x, in), weights().transpose(), bias == null ? 0f : 1f, rows(y, out));
        return y;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        Matrix dWeight = Matrix.of(weight.gradients(), weight.offset(), out, in);
        blas.multiply(rows(dy, out).transpose(), rows(x, in), 1f, dWeight);
        if (bias != null) {
            addRows(dy, bias.gradients(), bias.offset());
        }
        if (!inputGradient) {
            return null;
        }
        Tensor dx = pass.scratch().take(x.shape());
        blas.multiply(rows(dy, out), weights(), 0f, rows(dx, in));
        return dx;
    }

    private void addRows(Tensor dy, float[] target, int offset) {
        float[] values = dy.data();
        for (int example = 0; example < dy.count(); example++) {
            int row = example * out;
            for (int i = 0; i < out; i++) {
                target[offset + i] += values[row + i];
            }
        }
    }

    private Matrix weights() {
        return Matrix.of(weight.values(), weight.offset(), out, in);
    }

    private static Matrix rows(Tensor tensor, int columns) {
        return Matrix.of(tensor.data(), 0, tensor.count(), columns);
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
