package org.sparknorm.optim;

/**
 * Scales gradients whose Euclidean norm over all weights is too large: g ← g · min(1, limit / (‖g‖ + 10⁻⁶)), before any
 * weight decay, as PyTorch's {@code clip_grad_norm_} does (Pascanu, Mikolov and Bengio 2013).
 */
final class ClippedGradient implements Optimizer {
    /** PyTorch's; keeps the division finite. */
    private static final double EPSILON = 1e-6;

    private final double limit;
    private final Optimizer optimizer;
    private float[] clipped = new float[0];

    ClippedGradient(double limit, Optimizer optimizer) {
        this.limit = limit;
        this.optimizer = optimizer;
    }

    @Override
    public void step(float[] weights, float[] gradient, double learningRate) {
        double scale = limit / (norm(gradient) + EPSILON);
        if (scale >= 1) {
            optimizer.step(weights, gradient, learningRate);
            return;
        }
        if (clipped.length == 0) {
            clipped = new float[gradient.length];
        }
        float factor = (float) scale;
        for (int i = 0; i < gradient.length; i++) {
            clipped[i] = gradient[i] * factor;
        }
        optimizer.step(weights, clipped, learningRate);
    }

    /** In one fixed order, as all that decides bits. */
    private static double norm(float[] gradient) {
        double sum = 0;
        for (float value : gradient) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
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
