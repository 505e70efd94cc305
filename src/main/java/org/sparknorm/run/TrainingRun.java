package org.sparknorm.run;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.report.JsonLines;
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
 * A run, from what was prepared to its last file, on a Spark that is there.
 *
 * @param state before the first step
 * @param out where the run says how far it is
 * @param isAlone whether no other run makes steps in the application at the same time
 */
public record TrainingRun(PreparedRun before, TrainingState state, PrintStream out, boolean isAlone) {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);

    public void go(JavaSparkContext spark, ClusterResources placement) throws Exception {
        RunConfig config = before.configuration().run();
        RunPlan all = before.preparation();
        checkExecutors(all, spark, placement);
        Map<String, String> software = Software.with(placement.blas(), spark);
        before.from().print(config, software, out);
        List<String> bad = new ArrayList<>();
        PreparedRun run = before.with(all.withoutBadImages(spark, bad));
        run.from().checkExamples(run.preparation());
        try (SparkWorkers workers = new SparkWorkers(spark, config, placement.partitions(), isAlone)) {
            GracefulShutdown.guard(workers, () -> {
                deal(run.preparation(), workers, placement.blas());
                run.open();
                writeNotes(run.folder(), run.preparation(), bad);
                steps(run, workers, software);
            });
        }
    }

    private static void checkExecutors(RunPlan prepared, JavaSparkContext spark, ClusterResources placement) {
        if (!spark.isLocal()) {
            int executors = Math.min(Slots.executors(spark.sc()), placement.partitions());
            new MemoryNeed(prepared, HeapLayout.PACKED).checkExecutors(executors, Slots.executorHeapBytes(spark.sc()));
        }
    }

    private static void writeNotes(RunFolder folder, RunPlan prepared, List<String> bad) throws IOException {
        List<String> classNames = prepared.training().description().classNames();
        if (!classNames.isEmpty()) {
            folder.writeLines(RunFolder.CLASSES, classNames);
        }
        if (!bad.isEmpty()) {
            folder.writeLines(RunFolder.BAD_IMAGES, bad);
        }
    }

    private void deal(RunPlan prepared, SparkWorkers workers, String blas) {
        RunConfig config = prepared.config();
        out.printf(
                "train: %d examples of shape %s, %d classes, %d steps an epoch; %d steps%n",
                prepared.setup().plan().examples(),
                prepared.run().input(),
                prepared.run().classes(),
                prepared.setup().plan().stepsPerEpoch(),
                prepared.totalSteps());
        workers.deal(Split.TRAIN, prepared.training(), prepared.run(), prepared.setup(), blas);
        if (prepared.validation() != null) {
            workers.deal(
                    Split.VALIDATION,
                    prepared.validation(),
                    prepared.run(),
                    RunPlan.evaluationSetup(config, prepared.validation()),
                    blas);
        }
    }

    private void steps(PreparedRun run, SparkWorkers workers, Map<String, String> software) throws Exception {
        RunPlan prepared = run.preparation();
        Resumption from = run.from();
        Trainer.Settings settings = prepared.trainerSettings(prepared.validation() != null);
        Path logs = from.path() == null ? run.folder().path() : RunFolder.runOf(from.path());
        try (RunLog log = new RunLog(run.folder(), prepared.run().classes(), logs, from.step(), prepared.config())) {
            if (log.steps() != from.step()) {
                LOG.warn("{} holds {} of the {} steps before", RunFolder.STEPS, log.steps(), from.step());
            }
            CheckpointWriter checkpoints = new CheckpointWriter(run, log, software);
            EarlyStopping stopping = new EarlyStopping(prepared.config().earlyStopping());
            log.evaluationsBefore().forEach(stopping::take);
            try (Progress progress = new Progress(prepared.totalSteps(), out);
                    TrainingMetrics metrics =
                            TrainingMetrics.register(run.folder().path().getName(), isAlone)) {
                List<TrainingListener> listeners = new ArrayList<>(List.of(log, progress, metrics, stopping));
                if (prepared.config().recordPercentiles().isOn()) {
                    listeners.add(new PercentileRecorder(prepared, workers, log));
                }
                if (prepared.config().recordHistograms().isOn()) {
                    listeners.add(new HistogramRecorder(prepared, workers, log));
                }
                listeners.add(checkpoints); // last, for what the others wrote belongs to it
                new Trainer(settings, workers, listeners).train(state, log.evaluationOf(state.step()) != null);
            } catch (DivergedException e) {
                throw checkpoints.last() == null
                        ? e
                        : e.withCheckpoint(checkpoints.last().toString());
            } catch (Exception e) { // Spark throws its checked exceptions undeclared
                save(checkpoints, e);
                throw e;
            }
            checkpoints.write(state);
            finish(run, workers, software, log);
        }
    }

    /** What was reached before a run failed, or was told to stop, is not lost. */
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

    /** Curves of this run alone; a mistake in drawing them is not worth a run. */
    private static void report(RunFolder folder, Map<String, Object> result) throws IOException {
        try {
            RunHistory run = RunHistory.of(folder, result);
            if (!run.steps().isEmpty()) {
                Path page = new Path(folder.path(), RunFolder.REPORT);
                ReportFiles.write(new Report(List.of(run), false), List.of(), page, SparkStart.hadoop());
            }
        } catch (RuntimeException e) {
            LOG.warn("no {}: {}", RunFolder.REPORT, e.toString());
        }
    }

    /** Writes the model and, last of all, what sums the run up. */
    private void finish(PreparedRun run, SparkWorkers workers, Map<String, String> software, RunLog log)
            throws IOException {
        RunFolder folder = run.folder();
        List<Safetensors.Entry> tensors =
                state.evaluationModel().entries(run.preparation().network());
        folder.write(RunFolder.MODEL, out -> Safetensors.write(out, tensors));
        Evaluation last = log.lastEvaluation();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("steps", state.step());
        result.put("examples", log.examples());
        result.put("loss", last == null ? null : last.loss());
        result.put("top1", last == null ? null : last.top1());
        result.put("weightsSha256", Safetensors.sha256(tensors));
        result.put("imagesPerSecond", log.imagesPerSecond());
        result.put("partitions", workers.partitions());
        result.put("slices", run.preparation().config().slices());
        result.putAll(software);
        boolean stoppedEarly = state.step() < run.preparation().totalSteps();
        if (stoppedEarly) {
            result.put(Resumption.STOPPED_EARLY, true);
        }
        if (log.divergedAt() != null) {
            result.put("divergedAt", log.divergedAt());
        }
        log.close();
        report(folder, result);
        folder.write(
                RunFolder.RESULT, out -> out.write((JsonLines.json(result) + "\n").getBytes(StandardCharsets.UTF_8)));
        if (stoppedEarly) {
            out.printf(
                    "early-stopping: %d evaluations without a gain%n",
                    run.preparation().config().earlyStopping().evaluations());
        }
        out.printf(
                Locale.ROOT,
                "%d steps, %.0f images/s%s%nrun written to %s%n",
                state.step(),
                log.imagesPerSecond(),
                last == null ? "" : String.format(Locale.ROOT, ", validation top-1 %.4f", last.top1()),
                folder);
    }
}
