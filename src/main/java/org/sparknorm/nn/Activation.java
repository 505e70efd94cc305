package org.sparknorm.nn;

import java.util.List;
import java.util.Locale;
import org.sparknorm.tensor.Elementary;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/** An element-wise nonlinearity. Its derivative is computed from its output, which is all it keeps. */
public final class Activation implements Layer {
    private final Kind kind;
    private Tensor y;
    private Tensor dx;

    /** The nonlinearities: max(x, 0), 1/(1 + e⁻ˣ) and the hyperbolic tangent. */
    public enum Kind {
        RELU,
        SIGMOID,
        TANH
    }

    public Activation(Kind kind) {
        this.kind = kind;
    }

    @Override
    public Shape outputShape(Shape input) {
        return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        y = Tensor.reuse(y, x.shape());
        float[] in = x.data();
        float[] out = y.data();
        int size = x.size();
        switch (kind) {
            case RELU -> {
                for (int i = 0; i < size; i++) {
                    out[i] = Math.max(in[i], 0f);
                }
            }
            case SIGMOID -> {
                for (int i = 0; i < size; i++) {
                    out[i] = Elementary.sigmoid(in[i]);
                }
            }
            case TANH -> {
                for (int i = 0; i < size; i++) {
                    out[i] = Elementary.tanh(in[i]);
                }
            }
        }
        return y;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        dx = Tensor.reuse(dx, dy.shape());
        float[] out = y.data();
        float[] up = dy.data();
        float[] down = dx.data();
        int size = dy.size();
        switch (kind) {
            case RELU -> {
                for (int i = 0; i < size; i++) {
                    down[i] = out[i] > 0f ? up[i] : 0f;
                }
            }
            case SIGMOID -> {
                for (int i = 0; i < size; i++) {
                    down[i] = up[i] * out[i] * (1f - out[i]);
                }
            }
            case TANH -> {
                for (int i = 0; i < size; i++) {
                    down[i] = up[i] * (1f - out[i] * out[i]);
                }
            }
        }
        return dx;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
