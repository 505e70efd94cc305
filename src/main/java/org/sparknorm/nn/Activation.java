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

    /** The nonlinearities: max(x, 0), 1/(1 + e⁻ˣ) and the hyperbolic tangent; and none, for those who may have one. */
    public enum Kind {
        RELU,
        SIGMOID,
        TANH,
        NONE;

        /** Applies it to the first values of an array. */
        public void apply(float[] in, float[] out, int count) {
            switch (this) {
                case RELU -> {
                    for (int i = 0; i < count; i++) {
                        out[i] = Math.max(in[i], 0f);
                    }
                }
                case SIGMOID -> {
                    for (int i = 0; i < count; i++) {
                        out[i] = Elementary.sigmoid(in[i]);
                    }
                }
                case TANH -> {
                    for (int i = 0; i < count; i++) {
                        out[i] = Elementary.tanh(in[i]);
                    }
                }
                case NONE -> {
                    if (in != out) {
                        System.arraycopy(in, 0, out, 0, count);
                    }
                }
            }
        }

        /** dx = dy·y′, for the first values of arrays; y is the output. */
        public void derive(float[] y, float[] dy, float[] dx, int count) {
            switch (this) {
                case RELU -> {
                    for (int i = 0; i < count; i++) {
                        dx[i] = dy[i] * isPositive(y[i]);
                    }
                }
                case SIGMOID -> {
                    for (int i = 0; i < count; i++) {
                        dx[i] = dy[i] * y[i] * (1f - y[i]);
                    }
                }
                case TANH -> {
                    for (int i = 0; i < count; i++) {
                        dx[i] = dy[i] * (1f - y[i] * y[i]);
                    }
                }
                case NONE -> {
                    if (dy != dx) {
                        System.arraycopy(dy, 0, dx, 0, count);
                    }
                }
            }
        }

        /** 1 or 0 (below the smallest normal number: between), without a branch: the JIT makes vector instructions of it. */
        private static float isPositive(float value) {
            return Math.min(Math.max(value * Float.MAX_VALUE, 0f), 1f);
        }
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
        kind.apply(x.data(), y.data(), x.size());
        return y;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        Tensor dx = pass.scratch().take(dy.shape());
        kind.derive(y.data(), dy.data(), dx.data(), dy.size());
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
