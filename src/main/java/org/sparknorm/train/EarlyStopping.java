package org.sparknorm.train;

import org.sparknorm.config.EarlyStoppingConfig;
import org.sparknorm.data.Split;

/**
 * Ends a run whose evaluations have not got better for a while. This depends on the evaluations only, so that a run
 * that is resumed ends where it would have ended.
 */
public final class EarlyStopping implements TrainingListener {
    private final EarlyStoppingConfig config;
    private double best = Double.NEGATIVE_INFINITY;
    private int withoutGain;

    public EarlyStopping(EarlyStoppingConfig config) {
        this.config = config;
    }

    /** Takes an evaluation into account. Called in the order of the steps; a value that is not a number is no gain. */
    public void take(Evaluation evaluation) {
        double value = config.measure() == EarlyStoppingConfig.Measure.LOSS ? -evaluation.loss() : evaluation.top1();
        if (value > best + config.leastGain()) {
            best = value;
            withoutGain = 0;
        } else {
            withoutGain++;
        }
    }

    @Override
    public void onEvaluation(long step, Split split, Evaluation evaluation) {
        take(evaluation);
    }

    @Override
    public boolean endsRun() {
        return config.isOn() && withoutGain >= config.evaluations();
    }
}
