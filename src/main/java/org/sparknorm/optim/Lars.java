package org.sparknorm.optim;

import java.util.List;
import java.util.Map;
import org.sparknorm.nn.Parameter;

/**
 * Layer-wise adaptive rates for large batches (You, Gitman and Ginsburg 2017, algorithm 1): for each weight tensor λ =
 * trust · ‖w‖ / (‖g‖ + decay·‖w‖), v ← momentum·v + rate·λ·(g + decay·w), w ← w − v. Biases, the parameters of norms,
 * and tensors for which ‖w‖ or ‖g‖ is 0 have λ = 1.
 */
final class Lars implements Optimizer {
    private static final String BUFFER = "momentum_buffer";

    private final List<Parameter> parameters;
    private final double trust;
    private final float momentum;
    private final WeightDecay decay;
    private final float[] velocity;
    private long steps;

    Lars(List<Parameter> parameters, int weightCount, double trust, double momentum, WeightDecay decay) {
        this.parameters = List.copyOf(parameters);
        this.trust = trust;
        this.momentum = (float) momentum;
        this.decay = decay;
        this.velocity = new float[weightCount];
    }

    @Override
    public void step(float[] weights, float[] gradient, double learningRate) {
        steps++;
        for (Parameter parameter : parameters) {
            int from = parameter.offset();
            int to = from + parameter.size();
            double scale = parameter.role().isWeight() ? scale(weights, gradient, from, to) : 1;
            float rate = (float) (learningRate * scale);
            for (int i = from; i < to; i++) {
                velocity[i] = momentum * velocity[i] + rate * decay.gradient(weights, gradient, i);
                weights[i] -= velocity[i];
            }
        }
    }

    /** λ of one weight tensor. */
    private double scale(float[] weights, float[] gradient, int from, int to) {
        double ofWeights = EuclideanNorm.of(weights, from, to);
        double ofGradient = EuclideanNorm.of(gradient, from, to);
        if (ofWeights == 0 || ofGradient == 0) {
            return 1;
        }
        return trust * ofWeights / (ofGradient + decay.coefficient() * ofWeights);
    }

    @Override
    public State state() {
        return new State(steps, Map.of(BUFFER, velocity));
    }

    @Override
    public void restore(State state) {
        steps = state.steps();
        state.copyInto(state());
    }
}
