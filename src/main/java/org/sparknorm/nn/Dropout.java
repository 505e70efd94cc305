package org.sparknorm.nn;

import java.util.List;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/**
 * In training each value is 0 with probability p, otherwise x/(1 − p) (Srivastava et al. 2014, in the form whose
 * inference is the identity). Which ones is a function of (seed, step, slice, layer, place in the slice's batch) alone.
 */
public final class Dropout implements Layer {
    private final String name;
    private final double probability;
    private final float factor;
    private float[] factors = new float[0];
    private Tensor y;

    /**
     * @param name for messages, and for the random numbers
     * @throws IllegalArgumentException if the probability is outside [0, 1); names the layer
     */
    public Dropout(String name, double probability) {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException(
                    name + ": a dropout probability of " + probability + " is not from 0 to below 1");
        }
        this.name = name;
        this.probability = probability;
        this.factor = (float) (1 / (1 - probability));
    }

    @Override
    public Shape outputShape(Shape input) {
        return input;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        if (!pass.training()) {
            return x;
        }
        int size = x.size();
        y = Tensor.reuse(y, x.shape());
        if (factors.length < size) {
            factors = new float[size];
        }
        RandomSource random = pass.random().of(name);
        for (int i = 0; i < size; i++) {
            factors[i] = random.uniform(i) < probability ? 0f : factor;
            y.data()[i] = x.data()[i] * factors[i];
        }
        return y;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        Tensor dx = pass.scratch().take(dy.shape());
        for (int i = 0; i < dy.size(); i++) {
            dx.data()[i] = dy.data()[i] * factors[i];
        }
        return dx;
    }

    /** The layer keeps its output and what the input was multiplied by. */
    @Override
    public long keptValues(Shape input, int examples) {
        return 2L * input.size() * examples;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public String toString() {
        return "dropout " + probability;
    }
}
