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
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.checkpoint.ModelState;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.report.JsonLines;
import org.sparknorm.spark.BadImages;
import org.sparknorm.spark.DataSource;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.Trainer;
import org.sparknorm.train.TrainingState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code train CONF [key=value ...]}: a run. */
@Command(name = "train", description = "Trains a network and writes the run to its output folder.")
final class TrainCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "CONF", description = "Configuration file.")
    private String conf;

    @Parameters(index = "1..*", paramLabel = "key=value", description = "Keys that replace those of CONF.")
    private List<String> assignments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        RunConfiguration given = RunConfiguration.of(conf, assignments, hadoop);
        RunFolder folder = RunFolder.of(given.run().output().value(), hadoop);
        folder.checkFree(given.run().overwrite());
        Preparation before = Preparation.of(given.run(), hadoop);
        RunConfiguration configuration = given.withClasses(before.run().classes());
        ModelState initial = ModelFiles.initial(configuration.run(), before.network(), hadoop);
        String name = RunConfiguration.name(folder.toString());
        try (JavaSparkContext spark = SparkStart.context("sparknorm train " + name, before.weightBytes())) {
            SparkStart.Placement placement = SparkStart.place(spark, configuration.run());
            placement.print(configuration.run());
            List<String> bad = new ArrayList<>();
            Preparation prepared = withoutBadImages(before, spark, bad);
            try (SparkWorkers workers = new SparkWorkers(spark, configuration.run(), placement.partitions())) {
                deal(prepared, workers, placement.blas());
                folder.create(configuration.source().resolvedText());
                writeNotes(folder, prepared, bad);
                train(prepared, initial, workers, placement, folder);
            }
        }
        return 0;
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
            Preparation prepared,
            ModelState initial,
            SparkWorkers workers,
            SparkStart.Placement placement,
            RunFolder folder)
            throws Exception {
        TrainingState state = prepared.state(initial);
        Trainer.Settings settings = prepared.trainerSettings(prepared.validation() != null);
        try (RunLog log = new RunLog(folder, prepared.run().classes())) {
            try (Progress progress = new Progress(prepared.totalSteps())) {
                new Trainer(settings, workers, List.of(log, progress)).train(state);
            }
            finish(prepared, state, log, placement, folder);
        }
    }

    private static void finish(
            Preparation prepared, TrainingState state, RunLog log, SparkStart.Placement placement, RunFolder folder)
            throws Exception {
        List<Safetensors.Entry> tensors =
                new ModelState(state.weights(), state.buffers(), state.batchesTracked()).entries(prepared.network());
        folder.write(RunFolder.MODEL, out -> Safetensors.write(out, tensors));
        Evaluation last = log.lastEvaluation();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("steps", state.step());
        result.put("examples", log.examples());
        result.put("loss", last == null ? null : last.loss());
        result.put("top1", last == null ? null : last.top1());
        result.put("weightsSha256", Safetensors.sha256(tensors));
        result.put("imagesPerSecond", log.imagesPerSecond());
        result.put("partitions", placement.partitions());
        result.put("slices", prepared.config().slices());
        result.put("blas", placement.blas());
        result.put("java", System.getProperty("java.runtime.version"));
        result.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
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
