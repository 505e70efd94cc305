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
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.report.JsonLines;
import org.sparknorm.spark.BadImages;
import org.sparknorm.spark.DataSource;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.train.DivergedException;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.Trainer;
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
        RunConfiguration given = RunConfiguration.of(conf, assignments, hadoop);
        RunFolder folder = RunFolder.of(given.run().output().value(), hadoop);
        if (!given.run().resumes()) {
            folder.checkFree(given.run().overwrite());
        }
        Preparation before = Preparation.of(given.run(), hadoop);
        RunConfiguration configuration = given.withClasses(before.run().classes());
        before = before.with(configuration.run());
        Resumption from = Resumption.of(before, folder, hadoop);
        if (from.isFinished(before, folder)) {
            System.out.printf("the run in %s is finished: %d steps%n", folder, before.totalSteps());
            return 0;
        }
        TrainingState state = from.checkpoint() == null
                ? before.state(ModelFiles.initial(configuration.run(), before.network(), hadoop))
                : before.state(from.checkpoint());
        run(configuration, before, new Start(from, state, folder));
        return 0;
    }

    /** Where a run begins, and what it fills. */
    private record Start(Resumption from, TrainingState state, RunFolder folder) {}

    private static void run(RunConfiguration configuration, Preparation before, Start start) throws Exception {
        RunFolder folder = start.folder();
        String name = RunConfiguration.name(folder.toString());
        try (JavaSparkContext spark = SparkStart.context("sparknorm train " + name, before.weightBytes())) {
            SparkStart.Placement placement =
                    SparkStart.place(spark, configuration.run(), start.from().blas());
            placement.print(configuration.run());
            Map<String, String> software = Software.with(placement.blas(), spark);
            start.from().print(configuration.run(), software);
            List<String> bad = new ArrayList<>();
            Preparation prepared = withoutBadImages(before, spark, bad);
            start.from().checkExamples(prepared);
            try (SparkWorkers workers = new SparkWorkers(spark, configuration.run(), placement.partitions())) {
                String text = configuration.source().resolvedText();
                Interruption.guard(workers, () -> {
                    deal(prepared, workers, placement.blas());
                    open(start, text);
                    writeNotes(folder, prepared, bad);
                    train(prepared, start, workers, new CheckpointWriter.Identity(software, text));
                });
            }
        }
    }

    private static void open(Start start, String configuration) throws IOException {
        if (start.from().isWithin(start.folder())) {
            start.folder().reopen(configuration, start.from().step());
        } else {
            start.folder().create(configuration);
        }
    }

    /** Tries all images, if the configuration says so, and leaves out those that are bad. */
    private static Preparation withoutBadImages(Preparation all, JavaSparkContext spark, List<String> bad) {
        DataConfig data = all.config().data();
        if (data.badImages() == DataConfig.BadImages.FAIL || !all.run().encoded()) {
            return all;
        }
        BadImages.Checked training = BadImages.leaveOut(spark, all.training(), data.largestImage());
        bad.addAll(training.messages());
        DataSource validation = all.validation();
        if (validation != null) {
            BadImages.Checked checked = BadImages.leaveOut(spark, validation, data.largestImage());
            bad.addAll(checked.messages());
            validation = checked.source();
        }
        System.out.printf("%d bad images are left out%n", bad.size());
        return bad.isEmpty() ? all : Preparation.of(all.config(), training.source(), validation);
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

    private static void train(
            Preparation prepared, Start start, SparkWorkers workers, CheckpointWriter.Identity identity)
            throws Exception {
        TrainingState state = start.state();
        Resumption from = start.from();
        Trainer.Settings settings = prepared.trainerSettings(prepared.validation() != null);
        Path logs = from.path() == null ? start.folder().path() : RunFolder.runOf(from.path());
        try (RunLog log = new RunLog(start.folder(), prepared.run().classes(), logs, from.step())) {
            if (log.steps() != from.step()) {
                LOG.warn("{} holds {} of the {} steps before", RunFolder.STEPS, log.steps(), from.step());
            }
            CheckpointWriter checkpoints = new CheckpointWriter(start.folder(), prepared, log, identity, from);
            try (Progress progress = new Progress(prepared.totalSteps())) {
                new Trainer(settings, workers, List.of(log, progress, checkpoints))
                        .train(state, log.evaluationOf(state.step()) != null);
            } catch (DivergedException e) {
                throw checkpoints.last() == null
                        ? e
                        : e.withCheckpoint(checkpoints.last().toString());
            } catch (Exception e) { // Spark throws its checked exceptions undeclared
                save(state, checkpoints, e);
                throw e;
            }
            finish(prepared, start, workers.partitions(), identity.software(), log);
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

    private static void finish(
            Preparation prepared, Start start, int partitions, Map<String, String> software, RunLog log)
            throws IOException {
        TrainingState state = start.state();
        RunFolder folder = start.folder();
        List<Safetensors.Entry> tensors = state.model().entries(prepared.network());
        folder.write(RunFolder.MODEL, out -> Safetensors.write(out, tensors));
        Evaluation last = log.lastEvaluation();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("steps", state.step());
        result.put("examples", log.examples());
        result.put("loss", last == null ? null : last.loss());
        result.put("top1", last == null ? null : last.top1());
        result.put("weightsSha256", Safetensors.sha256(tensors));
        result.put("imagesPerSecond", log.imagesPerSecond());
        result.put("partitions", partitions);
        result.put("slices", prepared.config().slices());
        result.putAll(software);
        if (log.divergedAt() != null) {
            result.put("divergedAt", log.divergedAt());
        }
        log.close();
        folder.write(
                RunFolder.RESULT, out -> out.write((JsonLines.json(result) + "\n").getBytes(StandardCharsets.UTF_8)));
        System.out.printf(
                Locale.ROOT,
                "%d steps, %.0f images/s%s%nrun written to %s%n",
                state.step(),
                log.imagesPerSecond(),
                last == null ? "" : String.format(Locale.ROOT, ", validation top-1 %.4f", last.top1()),
                folder);
    }
}
