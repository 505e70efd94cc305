package org.sparknorm.nn;

import java.util.List;
import java.util.Locale;
import org.sparknorm.tensor.Elementary;
import org.sparknorm.tensor.Implementations;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/** An element-wise nonlinearity. Its derivative is computed from its output, which is all it keeps. */
public final class Activation implements Layer {
    private final Kind kind;
    private Tensor y;

    /** The nonlinearities: max(x, 0), 1/(1 + e⁻ˣ), the hyperbolic tangent, and none. */
    public enum Kind {
        RELU,
        SIGMOID,
        TANH,
        NONE;

        /** Whether it changes values other than by a floor. */
        public boolean isCurved() {
            return this == SIGMOID || this == TANH;
        }

        /** Applies it to the elements from one index to another; NaN stays NaN. */
        public void apply(float[] in, float[] out, int from, int to) {
            switch (this) {
                case RELU -> {
                    for (int i = from; i < to; i++) {
                        out[i] = Math.max(in[i], 0f);
                    }
                }
                case SIGMOID -> {
                    for (int i = from; i < to; i++) {
                        out[i] = Elementary.sigmoid(in[i]);
                    }
                }
                case TANH -> {
                    for (int i = from; i < to; i++) {
                        out[i] = Elementary.tanh(in[i]);
                    }
                }
                case NONE -> {
                    if (in != out) {
                        System.arraycopy(in, from, out, from, to - from);
                    }
                }
            }
        }

        /** dx[0..] = dy[at..]·y′, for as many elements; y[at..] is the output. */
        public void derive(float[] y, float[] dy, int at, float[] dx, int count) {
            switch (this) {
                case RELU -> {
                    for (int i = 0; i < count; i++) {
                        dx[i] = y[at + i] > 0 ? dy[at + i] : 0f;
                    }
                }
                case SIGMOID -> {
                    for (int i = 0; i < count; i++) {
                        dx[i] = dy[at + i] * y[at + i] * (1f - y[at + i]);
                    }
                }
                case TANH -> {
                    for (int i = 0; i < count; i++) {
                        dx[i] = dy[at + i] * (1f - y[at + i] * y[at + i]);
                    }
                }
                case NONE -> System.arraycopy(dy, at, dx, 0, count);
            }
        }

        /** The same for all elements of the arrays' beginnings. */
        public void derive(float[] y, float[] dy, float[] dx, int count) {
            if (this == RELU) {
                Implementations.ROW_KERNELS.gate(y, dy, dx, 0, count);
            } else {
                derive(y, dy, 0, dx, count);
            }
        }
    }

    public Activation(Kind kind) {
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    @Override
    public Shape outputShape(Shape input) {
        return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        y = Tensor.reuse(y, x.shape());
        kind.apply(x.data(), y.data(), 0, x.size());
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
