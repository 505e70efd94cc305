package org.sparknorm.job;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.checkpoint.ModelState;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.nn.Network;
import org.sparknorm.optim.Optimizer;
import org.sparknorm.spark.DataSource;
import org.sparknorm.spark.RunSetup;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.TrainingState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code evaluate RUN [split=validation|train] [weights=PATH]}: inference over a split, distributed. */
@Command(name = "evaluate", description = "Evaluates the model of a run in inference mode.")
final class EvaluateCommand implements Callable<Integer> {
    private static final String SPLIT = "split";
    private static final String WEIGHTS = "weights";
    /** Arguments of which there is one choice so far. */
    private static final Map<String, String> FIXED = Map.of("statistics", "running", "crops", "1");

    @Parameters(index = "0", paramLabel = "RUN", description = "Output folder of a run.")
    private String run;

    @Parameters(
            index = "1..*",
            paramLabel = "key=value",
            description = {
                "split=validation|train  which examples (validation)",
                "weights=PATH  another safetensors file",
                "and keys of the configuration, for example data.validation=PATH."
            })
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        Map<String, String> own = new HashMap<>();
        List<String> assignments = new ArrayList<>();
        for (String argument : arguments) {
            String key = argument.split("=", 2)[0];
            boolean isOwn = key.equals(SPLIT) || key.equals(WEIGHTS) || FIXED.containsKey(key);
            if (argument.contains("=") && isOwn) {
                own.put(key, argument.substring(key.length() + 1));
            } else {
                assignments.add(argument);
            }
        }
        FIXED.forEach((key, only) -> {
            if (!own.getOrDefault(key, only).equals(only)) {
                throw new RefusedException(key + " = " + own.get(key) + " is not known", "the only choice is " + only);
            }
        });
        Split split = split(own.getOrDefault(SPLIT, Split.VALIDATION.word()));
        RunFolder folder = RunFolder.of(run, hadoop);
        RunConfig config = RunConfiguration.of(ConfigFiles.ofText(folder.readConfiguration()), run, assignments, hadoop)
                .run();
        DataSource source = DataSource.of(config.data(), split, hadoop);
        if (source == null) {
            throw new RefusedException(
                    "the run has no validation examples", "give data.validation=PATH or split=train");
        }
        int classes = config.model().classes().or(source.description().classes());
        Preparation.checkLabels(source, classes);
        RunSetup setup =
                new RunSetup(config.model(), config.data(), source.description().shape(), classes);
        Network network = Preparation.network(setup);
        String file = own.containsKey(WEIGHTS) ? own.get(WEIGHTS) : folder.path(RunFolder.MODEL);
        ModelState model = ModelFiles.read(WEIGHTS, file, network, hadoop);
        TrainingState state = new TrainingState(
                network,
                model.weights(),
                model.buffers(),
                model.batchesTracked(),
                Optimizer.of(config.optimizer(), network));
        print(split, evaluate(config, split, source, setup, state), classes);
        return 0;
    }

    private static Evaluation evaluate(
            RunConfig config, Split split, DataSource source, RunSetup setup, TrainingState state) throws Exception {
        long weightBytes = (long) state.weights().length * Float.BYTES;
        try (JavaSparkContext spark = SparkStart.context("sparknorm evaluate", weightBytes)) {
            SparkStart.Placement placement = SparkStart.place(spark, config);
            placement.print(config);
            try (SparkWorkers workers = new SparkWorkers(spark, config, placement.partitions())) {
                workers.deal(split, source, setup, Preparation.evaluationSetup(config, source), placement.blas());
                return workers.evaluate(state, split);
            }
        }
    }

    private static void print(Split split, Evaluation evaluation, int classes) {
        boolean withTop5 = RunLog.hasTop5(classes);
        System.out.printf("%-12s %10s %10s %8s%s%n", "split", "examples", "loss", "top-1", withTop5 ? "    top-5" : "");
        System.out.printf(
                Locale.ROOT,
                "%-12s %10d %10.6f %8.4f%s%n",
                split.word(),
                evaluation.examples(),
                evaluation.loss(),
                evaluation.top1(),
                withTop5 ? String.format(Locale.ROOT, " %8.4f", evaluation.top5()) : "");
    }

    private static Split split(String word) {
        for (Split split : Split.values()) {
            if (split.word().equals(word)) {
                return split;
            }
        }
        throw new RefusedException("split = " + word + " is none of validation, train", "correct it");
    }
}
