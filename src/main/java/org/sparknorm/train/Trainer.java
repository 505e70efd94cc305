package org.sparknorm.train;

import java.util.List;
import org.sparknorm.data.Split;
import org.sparknorm.optim.Schedule;

/** The training loop. */
public final class Trainer {
    private static final double NANOS_A_SECOND = 1e9;

    private final Settings settings;
    private final Workers workers;
    private final List<TrainingListener> listeners;

    /**
     * @param hasValidation whether there are examples to evaluate on
     * @param stopOnDivergence whether a loss or gradient that is not finite ends the run
     */
    public record Settings(
            BatchPlan plan,
            Schedule schedule,
            long totalSteps,
            long evaluateEvery,
            boolean hasValidation,
            boolean stopOnDivergence) {}

    public Trainer(Settings settings, Workers workers, List<TrainingListener> listeners) {
        this.settings = settings;
        this.workers = workers;
        this.listeners = List.copyOf(listeners);
    }

    /** @throws DivergedException if a loss or gradient is not finite and the settings say to stop */
    public void train(TrainingState state) {
        while (state.step() < settings.totalSteps()) {
            step(state);
            if (isEvaluationDue(state.step())) {
                Evaluation evaluation = workers.evaluate(state, Split.VALIDATION);
                listeners.forEach(listener -> listener.onEvaluation(state.step(), Split.VALIDATION, evaluation));
            }
        }
    }

    /** One update. */
    public void step(TrainingState state) {
        long started = System.nanoTime();
        long step = state.step() + 1;
        StepResult result = workers.step(state, step);
        checkFinite(state, step, result);
        double rate = settings.schedule().rate(step);
        state.update(result, rate);
        TrainingListener.Step record = new TrainingListener.Step(
                step,
                settings.plan().epoch(step),
                result.examples(),
                result.loss(),
                result.accuracy(),
                rate,
                (System.nanoTime() - started) / NANOS_A_SECOND,
                result.exchangeNanos() / NANOS_A_SECOND);
        listeners.forEach(listener -> listener.onStep(record));
    }

    private void checkFinite(TrainingState state, long step, StepResult result) {
        if (!settings.stopOnDivergence()) {
            return;
        }
        String wrong = state.firstNotFinite(result.gradient());
        if (wrong != null) {
            throw new DivergedException(step, "the gradient of " + wrong);
        }
        if (!Double.isFinite(result.loss())) {
            throw new DivergedException(step, "the loss");
        }
    }

    private boolean isEvaluationDue(long step) {
        return settings.hasValidation() && (step % settings.evaluateEvery() == 0 || step == settings.totalSteps());
    }
}
