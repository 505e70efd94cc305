package org.sparknorm.job;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.report.JsonLines;
import org.sparknorm.spark.Placement;
import org.sparknorm.spark.Preparation;
import org.sparknorm.spark.Slots;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.spark.TrainingMetrics;
import org.sparknorm.train.DivergedException;
import org.sparknorm.train.EarlyStopping;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.Trainer;
import org.sparknorm.train.TrainingListener;
import org.sparknorm.train.TrainingState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code train CONF [key=value ...]}: a run. */
@Command(name = "train", description = "Trains a network and writes the run to its output folder.")
final class TrainCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(TrainCommand.class);

    @Parameters(index = "0", paramLabel = "CONF", description = "Configuration file.")
    private String conf;

    @Parameters(index = "1..*", paramLabel = "key=value", description = "Keys that replace those of CONF.")
    private List<String> assignments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        PreparedRun run = PreparedRun.of(conf, assignments, hadoop);
        if (run.isFinished()) {
            System.out.printf(
                    "the run in %s is finished: %d steps%n",
                    run.folder(), run.preparation().totalSteps());
            return 0;
        }
        new MemoryNeed(run.preparation(), HeapLayout.ofThisProcess())
                .checkDriver(SparkStart.isLocal(), Runtime.getRuntime().maxMemory());
        train(run, run.state(hadoop));
        return 0;
    }

    private static void train(PreparedRun before, TrainingState state) throws Exception {
        RunConfig config = before.configuration().run();
        Preparation all = before.preparation();
        String name = RunConfiguration.name(before.folder().toString());
        try (JavaSparkContext spark = SparkStart.context("sparknorm train " + name, all.weightBytes())) {
            Placement placement = Placement.of(spark, config, before.from().blas());
            placement.print(config);
            checkExecutors(all, spark, placement);
            Map<String, String> software = Software.with(placement.blas(), spark);
            before.from().print(config, software);
            List<String> bad = new ArrayList<>();
            PreparedRun run = before.with(all.withoutBadImages(spark, bad));
            run.from().checkExamples(run.preparation());
            try (SparkWorkers workers = new SparkWorkers(spark, config, placement.partitions())) {
                Interruption.guard(workers, () -> {
                    deal(run.preparation(), workers, placement.blas());
                    run.open();
                    writeNotes(run.folder(), run.preparation(), bad);
                    steps(run, state, workers, software);
                });
            }
        }
    }

    private static void checkExecutors(Preparation prepared, JavaSparkContext spark, Placement placement) {
        if (!spark.isLocal()) {
            int executors = Math.min(Slots.executors(spark.sc()), placement.partitions());
            new MemoryNeed(prepared, HeapLayout.PACKED).checkExecutors(executors, Slots.executorHeapBytes(spark.sc()));
        }
    }

    private static void writeNotes(RunFolder folder, Preparation prepared, List<String> bad) throws IOException {
        List<String> classNames = prepared.training().description().classNames();
        if (!classNames.isEmpty()) {
            folder.writeLines(RunFolder.CLASSES, classNames);
        }
        if (!bad.isEmpty()) {
            folder.writeLines(RunFolder.BAD_IMAGES, bad);
        }
    }

    private static void deal(Preparation prepared, SparkWorkers workers, String blas) {
        RunConfig config = prepared.config();
        System.out.printf(
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
                    Preparation.evaluationSetup(config, prepared.validation()),
                    blas);
        }
    }

    private static void steps(PreparedRun run, TrainingState state, SparkWorkers workers, Map<String, String> software)
            throws Exception {
        Preparation prepared = run.preparation();
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
            try (Progress progress = new Progress(prepared.totalSteps());
                    TrainingMetrics metrics = TrainingMetrics.register()) {
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
                save(state, checkpoints, e);
                throw e;
            }
            checkpoints.write(state);
            finish(run, state, workers, software, log);
        }
    }

    /** What was reached before a run failed, or was told to stop, is not lost. */
    private static void save(TrainingState state, CheckpointWriter checkpoints, Exception why) {
        try {
            if (state.step() > 0) {
                checkpoints.write(state);
                System.out.printf("checkpoint of step %d: %s%n", state.step(), checkpoints.last());
            }
        } catch (RuntimeException e) {
            LOG.warn("no last checkpoint: {}", e.getMessage());
            why.addSuppressed(e);
        }
    }

    /** Curves of this run alone; a mistake in drawing them is not worth a run. */
    private static void report(RunFolder folder, Map<String, Object> result) throws IOException {
        try {
            ReportedRun run = ReportedRun.of(folder, result);
            if (!run.steps().isEmpty()) {
                Path page = new Path(folder.path(), RunFolder.REPORT);
                ReportCommand.write(new Report(List.of(run), false), List.of(), page, SparkStart.hadoop());
            }
        } catch (RuntimeException e) {
            LOG.warn("no {}: {}", RunFolder.REPORT, e.toString());
        }
    }

    /** Writes the model and, last of all, what sums the run up. */
    private static void finish(
            PreparedRun run, TrainingState state, SparkWorkers workers, Map<String, String> software, RunLog log)
            throws IOException {
        RunFolder folder = run.folder();
        List<Safetensors.Entry> tensors =
                state.outcome().entries(run.preparation().network());
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
            System.out.printf(
                    "early-stopping: %d evaluations without a gain%n",
                    run.preparation().config().earlyStopping().evaluations());
        }
        System.out.printf(
                Locale.ROOT,
                "%d steps, %.0f images/s%s%nrun written to %s%n",
                state.step(),
                log.imagesPerSecond(),
                last == null ? "" : String.format(Locale.ROOT, ", validation top-1 %.4f", last.top1()),
                folder);
    }
}
