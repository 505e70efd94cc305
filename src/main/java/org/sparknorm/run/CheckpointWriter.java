package org.sparknorm.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.sparknorm.checkpoint.Checkpoint;
import org.sparknorm.checkpoint.CheckpointFolder;
import org.sparknorm.config.RunConfig;
import org.sparknorm.run.files.RunLog;
import org.sparknorm.train.DivergedException;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.TrainingListener;
import org.sparknorm.train.TrainingState;

/** Writes the checkpoints of a run: at regular steps, after the last step, and on request. */
final class CheckpointWriter implements TrainingListener {
    private final CheckpointFolder folder;
    private final RunPlan plan;
    private final RunLog log;
    private final Map<String, String> software;
    private final String configuration;
    private Path last;
    private long lastStep;

    CheckpointWriter(PreparedRun run, RunLog log, Map<String, String> software) {
        this.folder = run.folder().checkpoints();
        this.plan = run.plan();
        this.log = log;
        this.software = software;
        this.configuration = run.source().text();
        this.last = run.from().path();
        this.lastStep = run.from().step();
    }

    /** Returns the newest checkpoint; null if there is none yet. */
    Path last() {
        return last;
    }

    @Override
    public boolean wantsState(long step) {
        return step == plan.totalSteps() || step % plan.config().checkpoint().every() == 0;
    }

    @Override
    public void onStepEnd(TrainingState state) {
        if (wantsState(state.step())) {
            write(state);
        }
    }

    /**
     * Writes a checkpoint of the state, unless its step already has one. The logs are secured first, so that they
     * contain all steps of every checkpoint.
     */
    void write(TrainingState state) {
        if (state.step() == lastStep) {
            return;
        }
        checkFinite(state);
        Evaluation evaluation = log.totals().evaluationOf(state.step());
        Checkpoint.Facts facts = new Checkpoint.Facts(
                state.step(),
                plan.settings().plan().examples(),
                evaluation == null ? null : evaluation.top1(),
                software,
                configuration);
        try {
            log.secure();
            last = folder.write(new Checkpoint(facts, state.model(), state.optimizer()), plan.network());
            lastStep = state.step();
            folder.prune(plan.config().checkpoint().keep());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the checkpoint of step " + state.step() + " cannot be written: " + e.getMessage(), e);
        }
    }

    private void checkFinite(TrainingState state) {
        if (plan.config().onDivergence() == RunConfig.OnDivergence.STOP) {
            String parameter = state.firstNotFinite(state.weights());
            if (parameter != null) {
                throw new DivergedException(state.step(), parameter);
            }
        }
    }
}
