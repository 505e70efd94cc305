package org.sparknorm.run;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.run.files.RunLog;
import org.sparknorm.run.files.RunTotals;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.spark.Slots;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.spark.TrainingMetrics;
import org.sparknorm.train.DivergedException;
import org.sparknorm.train.EarlyStopping;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.Trainer;
import org.sparknorm.train.TrainingListener;
import org.sparknorm.train.TrainingState;

/**
 * Makes a prepared run in an existing Spark application, from its first step to its last file.
 *
 * @param state the state before the first step
 * @param out where the run reports its progress
 * @param isAlone whether no other run makes steps in the application at the same time
 */
public record TrainingRun(PreparedRun prepared, TrainingState state, PrintStream out, boolean isAlone) {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);

    public void go(JavaSparkContext spark, ClusterResources resources) throws Exception {
        RunPlan all = prepared.plan();
        checkExecutors(all, spark, resources);
        Map<String, String> software = Software.with(resources.blas(), spark);
        prepared.from().print(all.config(), software, out);
        List<String> bad = new ArrayList<>();
        PreparedRun run = prepared.with(all.withoutBadImages(spark, bad, out));
        run.from().checkExamples(run.plan());
        try (SparkWorkers workers = new SparkWorkers(spark, all.config(), resources.partitions(), isAlone)) {
            GracefulShutdown.guard(workers, () -> {
                deal(run.plan(), workers, resources);
                run.open();
                writeLists(run, bad);
                RunTotals totals = steps(run, workers, software);
                finish(run, totals, workers.partitions(), software);
            });
        }
    }

    private static void checkExecutors(RunPlan plan, JavaSparkContext spark, ClusterResources resources) {
        if (!spark.isLocal()) {
            int executors = Math.min(Slots.executors(spark.sc()), resources.partitions());
            new MemoryNeed(plan, HeapLayout.PACKED).checkExecutors(executors, Slots.executorHeapBytes(spark.sc()));
        }
    }

    private void deal(RunPlan plan, SparkWorkers workers, ClusterResources resources) {
        out.printf(
                "train: %d examples of shape %s, %d classes, %d steps per epoch; %d steps%n",
                plan.settings().plan().examples(),
                plan.spec().input(),
                plan.spec().classes(),
                plan.settings().plan().stepsPerEpoch(),
                plan.totalSteps());
        plan.deal(Split.TRAIN, workers, resources, state.step() + 1);
        if (plan.validation() != null) {
            plan.deal(Split.VALIDATION, workers, resources, state.step() + 1);
        }
    }

    private static void writeLists(PreparedRun run, List<String> bad) throws IOException {
        List<String> classNames = run.plan().training().description().classNames();
        if (!classNames.isEmpty()) {
            run.folder().writeLines(RunFolder.CLASSES, classNames);
        }
        if (!bad.isEmpty()) {
            run.folder().writeLines(RunFolder.BAD_IMAGES, bad);
        }
    }

    private RunTotals steps(PreparedRun run, SparkWorkers workers, Map<String, String> software) throws Exception {
        RunPlan plan = run.plan();
        try (RunLog log = run.log()) {
            RunTotals totals = log.totals();
            if (totals.steps() != run.from().step()) {
                LOG.warn(
                        "{} holds {} of the {} steps before",
                        RunFolder.STEPS,
                        totals.steps(),
                        run.from().step());
            }
            CheckpointWriter checkpoints = new CheckpointWriter(run, log, software);
            EarlyStopping stopping = new EarlyStopping(plan.config().earlyStopping());
            totals.evaluations().forEach(stopping::take);
            try (Progress progress = new Progress(plan.totalSteps(), out);
                    TrainingMetrics metrics =
                            TrainingMetrics.register(run.folder().path().getName(), isAlone)) {
                List<TrainingListener> listeners = new ArrayList<>(List.of(log, progress, metrics, stopping));
                listeners.addAll(recorders(plan, workers, log));
                listeners.add(checkpoints); // last, because it includes what the others wrote
                new Trainer(plan.trainerSettings(plan.validation() != null), workers, listeners)
                        .train(state, totals.evaluationOf(state.step()) != null);
            } catch (DivergedException e) {
                throw checkpoints.last() == null
                        ? e
                        : e.withCheckpoint(checkpoints.last().toString());
            } catch (Exception e) { // Spark throws checked exceptions that it does not declare
                save(checkpoints, e);
                throw e;
            }
            checkpoints.write(state);
            return totals;
        }
    }

    private static List<TrainingListener> recorders(RunPlan plan, SparkWorkers workers, RunLog log) {
        RunConfig config = plan.config();
        List<TrainingListener> recorders = new ArrayList<>();
        if (config.recordPercentiles().isOn()) {
            recorders.add(new PercentileRecorder(plan, workers, log));
        }
        if (config.recordHistograms().isOn()) {
            recorders.add(new HistogramRecorder(plan, workers, log));
        }
        return recorders;
    }

    /** Writes a checkpoint of the last step that was made before the run failed or was stopped. */
    private void save(CheckpointWriter checkpoints, Exception why) {
        try {
            if (state.step() > 0) {
                checkpoints.write(state);
                out.printf("checkpoint of step %d: %s%n", state.step(), checkpoints.last());
            }
        } catch (RuntimeException e) {
            LOG.warn("no last checkpoint: {}", e.getMessage());
            why.addSuppressed(e);
        }
    }

    private void finish(PreparedRun run, RunTotals totals, int partitions, Map<String, String> software)
            throws IOException {
        FinalFiles files = new FinalFiles(run, state, totals);
        files.write(partitions, software);
        if (files.stoppedEarly()) {
            out.printf(
                    "early-stopping: %d evaluations without a gain%n",
                    run.plan().config().earlyStopping().evaluations());
        }
        Evaluation last = totals.lastEvaluation();
        out.printf(
                Locale.ROOT,
                "%d steps, %.0f images/s%s%nrun written to %s%n",
                state.step(),
                totals.imagesPerSecond(),
                last == null ? "" : String.format(Locale.ROOT, ", validation top-1 %.4f", last.top1()),
                run.folder());
    }
}
