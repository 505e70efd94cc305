package org.sparknorm.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.spark.BadImages;
import org.sparknorm.spark.ClassMetrics;
import org.sparknorm.spark.DataSource;
import org.sparknorm.spark.RunSetup;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.TrainingState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code evaluate RUN [split=validation|train] [crops=1|144] [weights=PATH]}: inference over a split, distributed. */
@Command(name = "evaluate", description = "Evaluates the model of a run in inference mode.")
final class EvaluateCommand implements Callable<Integer> {
    private static final String SPLIT = "split";
    private static final String WEIGHTS = "weights";
    private static final String CROPS = "crops";
    private static final String STATISTICS = "statistics";
    private static final List<String> CROP_COUNTS = List.of("1", "144");

    @Parameters(index = "0", paramLabel = "RUN", description = "Output folder of a run.")
    private String run;

    @Parameters(
            index = "1..*",
            paramLabel = "key=value",
            description = {
                "split=validation|train  which examples (validation)",
                "crops=1|144  of each image, their probabilities averaged (1)",
                "weights=PATH  another safetensors file",
                "and keys of the configuration, for example data.validation=PATH."
            })
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        OwnArguments given = OwnArguments.split(arguments, Set.of(SPLIT, WEIGHTS, CROPS, STATISTICS));
        given.choice(STATISTICS, List.of("running"));
        String word = given.choice(SPLIT, List.of(Split.VALIDATION.word(), Split.TRAIN.word()));
        Split split = word.equals(Split.TRAIN.word()) ? Split.TRAIN : Split.VALIDATION;
        int crops = Integer.parseInt(given.choice(CROPS, CROP_COUNTS));
        TrainedModel model = TrainedModel.of(run, given.assignments(), hadoop);
        DataSource source = DataSource.of(model.config().data(), split, hadoop);
        if (source == null) {
            throw new RefusedException(
                    "the run has no validation examples", "give data.validation=PATH or split=train");
        }
        RunSetup setup = model.setup(source);
        Preparation.checkLabels(source, setup.classes());
        Preparation.checkClassNames(model.classNames(), source);
        checkCrops(crops, source);
        TrainingState state = model.state(setup, given.own().get(WEIGHTS));
        try (JavaSparkContext spark =
                SparkStart.context("sparknorm evaluate", (long) state.weights().length * Float.BYTES)) {
            evaluate(model, spark, new Task(split, source, setup, crops), state);
        }
        return 0;
    }

    /** What is evaluated. */
    private record Task(Split split, DataSource source, RunSetup setup, int crops) {}

    private static void checkCrops(int crops, DataSource source) {
        boolean isPicture =
                source.description().encoded() || source.description().shape().last() > 1;
        if (crops > 1 && !isPicture) {
            throw new RefusedException("crops = " + crops + " is for images in colour", "leave it out");
        }
    }

    private static void evaluate(TrainedModel model, JavaSparkContext spark, Task task, TrainingState state)
            throws Exception {
        RunConfig config = model.config();
        SparkStart.Placement placement = SparkStart.place(spark, config);
        placement.print(config);
        DataSource source = task.source();
        if (config.data().badImages() == DataConfig.BadImages.SKIP) {
            BadImages.Checked checked =
                    BadImages.leaveOut(spark, source, config.data().largestImage());
            checked.messages().forEach(message -> System.err.println("left out: " + message));
            source = checked.source();
        }
        try (SparkWorkers workers = new SparkWorkers(spark, config, placement.partitions())) {
            workers.deal(
                    task.split(), source, task.setup(), Preparation.evaluationSetup(config, source), placement.blas());
            SparkWorkers.Predictions predictions = workers.predict(state, task.split(), task.crops());
            print(task, predictions.evaluation());
            ClassMetrics metrics = ClassMetrics.of(predictions.examples());
            List<String> names = source.description().classNames().isEmpty()
                    ? model.classNames()
                    : source.description().classNames();
            System.out.print(ClassTable.of(metrics, names));
        }
    }

    private static void print(Task task, Evaluation evaluation) {
        boolean withTop5 = RunLog.hasTop5(task.setup().classes());
        System.out.printf("%-12s %10s %10s %8s%s%n", "split", "examples", "loss", "top-1", withTop5 ? "    top-5" : "");
        System.out.printf(
                Locale.ROOT,
                "%-12s %10d %10.6f %8.4f%s%n",
                task.split().word(),
                evaluation.examples(),
                evaluation.loss(),
                evaluation.top1(),
                withTop5 ? String.format(Locale.ROOT, " %8.4f", evaluation.top5()) : "");
    }
}
