package org.sparknorm.optim;

/**
 * Adam whose weight decay does not pass through the averages (Loshchilov and Hutter 2019): w ← w · (1 − rate·decay),
 * then Adam's update without decay.
 */
final class AdamW implements Optimizer {
    private final WeightDecay decay;
    private final Adam adam;

    AdamW(int weightCount, Adam.Rates rates, WeightDecay decay) {
        this.decay = decay;
        this.adam = new Adam(weightCount, rates, new WeightDecay(0, decay.acts()));
    }

    @Override
    public void step(float[] weights, float[] gradient, double learningRate) {
        decay.shrink(weights, learningRate);
        adam.step(weights, gradient, learningRate);
    }

    @Override
    public State state() {
        return adam.state();
    }

    @Override
    public void restore(State state) {
        adam.restore(state);
    }
}
