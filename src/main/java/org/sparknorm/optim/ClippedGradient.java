package org.sparknorm.optim;

/**
 * Scales gradients whose Euclidean norm over all weights is above a limit: g ← g · min(1, limit / (‖g‖ + 10⁻⁶)), before
 * any weight decay, as PyTorch's {@code clip_grad_norm_} does (Pascanu, Mikolov and Bengio 2013).
 */
final class ClippedGradient implements Optimizer {
    /** Keeps the division finite; PyTorch's value. */
    private static final double EPSILON = 1e-6;

    private final double limit;
    private final Optimizer optimizer;
    /** The scaled gradient; null until one was needed. */
    private float[] clipped;

    ClippedGradient(double limit, Optimizer optimizer) {
        this.limit = limit;
        this.optimizer = optimizer;
    }

    @Override
    public void step(float[] weights, float[] gradient, double learningRate) {
        double scale = limit / (EuclideanNorm.of(gradient, 0, gradient.length) + EPSILON);
        if (scale >= 1) {
            optimizer.step(weights, gradient, learningRate);
            return;
        }
        if (clipped == null) {
            clipped = new float[gradient.length];
        }
        float factor = (float) scale;
        for (int i = 0; i < gradient.length; i++) {
            clipped[i] = gradient[i] * factor;
        }
        optimizer.step(weights, clipped, learningRate);
    }

    @Override
    public State state() {
        return optimizer.state();
    }

    @Override
    public void restore(State state) {
        optimizer.restore(state);
    }
}
