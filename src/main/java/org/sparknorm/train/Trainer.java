package org.sparknorm.train;

import java.util.Arrays;
import java.util.List;
import org.sparknorm.data.Split;
import org.sparknorm.optim.Schedule;

/** The training loop: makes jobs of steps, evaluates where that is due, and reports to listeners. */
public final class Trainer {
    private final Settings settings;
    private final Workers workers;
    private final List<TrainingListener> listeners;

    /**
     * @param hasValidation whether there are examples to evaluate on
     * @param stepsPerJob never part of the result
     * @param stopOnDivergence whether a loss or gradient that is not finite ends the run
     */
    public record Settings(
            BatchPlan plan,
            Schedule schedule,
            long totalSteps,
            long evaluateEvery,
            boolean hasValidation,
            StepsPerJob stepsPerJob,
            boolean stopOnDivergence) {}

    public Trainer(Settings settings, Workers workers, List<TrainingListener> listeners) {
        this.settings = settings;
        this.workers = workers;
        this.listeners = List.copyOf(listeners);
    }

    /**
     * Trains from the step of the state to the last step, or to where a listener ends the run.
     *
     * @param evaluated whether the state has been evaluated already, if it is that of a step with an evaluation
     * @throws DivergedException if a loss or gradient is not finite and the settings say to stop
     */
    public void train(TrainingState state, boolean evaluated) {
        if (state.step() > 0 && !evaluated && isEvaluationDue(state.step())) {
            evaluate(state);
        }
        while (state.step() < settings.totalSteps() && listeners.stream().noneMatch(TrainingListener::endsRun)) {
            job(state, jobEnd(state.step()));
            if (isEvaluationDue(state.step())) {
                evaluate(state);
            }
            listeners.forEach(listener -> listener.onStepEnd(state));
        }
    }

    /** Makes one update, as a job of its own. */
    public void step(TrainingState state) {
        job(state, state.step() + 1);
    }

    /**
     * Returns the last step of the next job, which ends with the epoch at the latest, and where a listener wants the
     * state.
     */
    private long jobEnd(long done) {
        long last =
                Math.min(settings.totalSteps(), done + settings.stepsPerJob().next());
        long step = done + 1;
        while (step < last && !endsJob(step)) {
            step++;
        }
        return step;
    }

    private boolean endsJob(long step) {
        return settings.plan().epoch(step + 1) != settings.plan().epoch(step)
                || isEvaluationDue(step)
                || listeners.stream().anyMatch(listener -> listener.wantsState(step));
    }

    /** Makes updates up to a step. Updates that were made are reported even where the job failed after them. */
    private void job(TrainingState state, long last) {
        double[] rates = new double[Math.toIntExact(last - state.step())];
        Arrays.setAll(rates, i -> settings.schedule().rate(state.step() + 1 + i));
        JobRecord job = new JobRecord(settings.plan());
        try {
            workers.steps(state, rates, result -> update(state, result, rates[job.count()], job));
        } finally {
            job.tell(listeners);
        }
        settings.stepsPerJob().took(job.count(), job.seconds());
    }

    private void update(TrainingState state, StepResult result, double rate, JobRecord job) {
        long received = System.nanoTime();
        long step = state.step() + 1;
        String notFinite = firstNotFinite(state, result);
        if (notFinite != null && settings.stopOnDivergence()) {
            throw new DivergedException(step, notFinite);
        }
        state.update(result, rate);
        job.add(step, result, rate, notFinite, System.nanoTime() - received);
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
