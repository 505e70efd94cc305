package org.sparknorm.nn;

import java.util.ArrayList;
import java.util.List;
import org.sparknorm.tensor.Implementations;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/** y = activation(body(x) + shortcut(x)) (He et al. 2015, section 3.2); the shortcut may be x itself. */
public final class Residual implements Layer {
    private final String name;
    private final Sequential body;
    private final Layer last;
    private final Layer shortcut;
    private final Activation.Kind activation;
    private Tensor sum;
    private Tensor y;

    /**
     * @param name for messages
     * @param shortcut null for x itself
     */
    public Residual(String name, List<Layer> body, Layer shortcut, Activation.Kind activation) {
        this.name = name;
        this.body = new Sequential(body.subList(0, body.size() - 1));
        this.last = body.get(body.size() - 1);
        this.shortcut = shortcut;
        this.activation = activation;
    }

    /** A {@link FusesResidual} at its end leaves its own activation out. */
    public Sequential body() {
        return new Sequential(List.of(body, last));
    }

    /** Null for x itself. */
    public Layer shortcut() {
        return shortcut;
    }

    public Activation.Kind activation() {
        return activation;
    }

    @Override
    public Shape outputShape(Shape input) {
        Shape output = last.outputShape(body.outputShape(input));
        Shape ofShortcut = shortcut == null ? input : shortcut.outputShape(input);
        if (!output.equals(ofShortcut)) {
            throw new IllegalArgumentException(name + ": the body gives " + output + ", the shortcut " + ofShortcut
                    + ", for examples of shape " + input);
        }
        return output;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Tensor inner = body.forward(x, pass);
        Tensor residual = shortcut == null ? x : shortcut.forward(x, pass);
        if (last instanceof FusesResidual fusing) {
            y = fusing.forwardWithResidual(inner, residual, activation, pass);
            return y;
        }
        Tensor output = last.forward(inner, pass);
        sum = Tensor.reuse(sum, output.shape());
        add(output.data(), residual.data(), sum.data(), output.size());
        activation.apply(sum.data(), sum.data(), 0, output.size());
        y = sum;
        return y;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        Tensor dSum = pass.scratch().take(dy.shape());
        activation.derive(y.data(), dy.data(), dSum.data(), dy.size());
        Tensor dInner = last.backward(dSum, pass);
        Tensor dx = body.backward(dInner, pass);
        Tensor residual = shortcut == null ? dSum : shortcut.backward(dSum, pass);
        Implementations.ROW_KERNELS.add(dx.data(), 0, residual.data(), 0, 0, dx.size());
        if (dx.data() != dInner.data()) {
            pass.scratch().give(dInner);
        }
        if (shortcut != null) {
            pass.scratch().give(residual);
        }
        pass.scratch().give(dSum);
        return dx;
    }

    private static void add(float[] left, float[] right, float[] sum, int count) {
        for (int i = 0; i < count; i++) {
            sum[i] = left[i] + right[i];
        }
    }

    private List<Layer> parts() {
        List<Layer> parts = new ArrayList<>(List.of(body, last));
        if (shortcut != null) {
            parts.add(shortcut);
        }
        return parts;
    }

    @Override
    public List<Parameter> parameters() {
        return parts().stream().flatMap(part -> part.parameters().stream()).toList();
    }

    @Override
    public List<RunningStatistics> runningStatistics() {
        return parts().stream()
                .flatMap(part -> part.runningStatistics().stream())
                .toList();
    }

    @Override
    public void visit(Shape input, LayerVisitor visitor) {
        body.visit(input, visitor);
        last.visit(body.outputShape(input), visitor);
        if (shortcut != null) {
            shortcut.visit(input, visitor);
        }
        if (!(last instanceof FusesResidual)) {
            visitor.joined(this, input, outputShape(input));
        }
    }
}
