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

    /**
     * Goes on from where the state is to the last step.
     *
     * @param evaluated whether the state, if it is that of a step with an evaluation, had it already
     * @throws DivergedException if a loss or gradient is not finite and the settings say to stop
     */
    public void train(TrainingState state, boolean evaluated) {
        if (state.step() > 0 && !evaluated && isEvaluationDue(state.step())) {
            evaluate(state);
        }
        while (state.step() < settings.totalSteps()) {
            step(state);
            if (isEvaluationDue(state.step())) {
                evaluate(state);
            }
            listeners.forEach(listener -> listener.onStepEnd(state));
        }
    }

    /** One update. */
    public void step(TrainingState state) {
        long started = System.nanoTime();
        long step = state.step() + 1;
        StepResult result = workers.step(state, step);
        long received = System.nanoTime();
        String notFinite = firstNotFinite(state, result);
        if (notFinite != null && settings.stopOnDivergence()) {
            throw new DivergedException(step, notFinite);
        }
        double rate = settings.schedule().rate(step);
        state.update(result, rate);
        long ended = System.nanoTime();
        TrainingListener.Step record = new TrainingListener.Step(
                step,
                settings.plan().epoch(step),
                result.examples(),
                result.loss(),
                result.accuracy(),
                rate,
                (ended - started) / NANOS_A_SECOND,
                StepTimes.of(result.times(), ended - started, result.broadcastNanos(), ended - received),
                notFinite);
        listeners.forEach(listener -> listener.onStep(record));
    }

    private void evaluate(TrainingState state) {
        Evaluation evaluation = workers.evaluate(state, Split.VALIDATION);
        listeners.forEach(listener -> listener.onEvaluation(state.step(), Split.VALIDATION, evaluation));
    }

    private static String firstNotFinite(TrainingState state, StepResult result) {
        String parameter = state.firstNotFinite(result.gradient());
        if (parameter != null) {
            return "the gradient of " + parameter;
        }
        return Double.isFinite(result.loss()) ? null : "the loss";
    }

    private boolean isEvaluationDue(long step) {
        return settings.hasValidation() && (step % settings.evaluateEvery() == 0 || step == settings.totalSteps());
    }
}
