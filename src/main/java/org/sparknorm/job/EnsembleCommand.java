package org.sparknorm.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.Split;
import org.sparknorm.run.SparkStart;
import org.sparknorm.run.TrainedModel;
import org.sparknorm.run.files.RunLog;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.train.Scores;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code ensemble RUN... [crops=1|144]} evaluates the models of several runs, each alone and all together by the mean
 * of their probabilities (Ioffe and Szegedy 2015, section 4.2.3).
 */
@Command(name = "ensemble", description = "Evaluates the models of several runs, and the mean of their probabilities.")
final class EnsembleCommand implements Callable<Integer> {
    private static final String CROPS = "crops";
    private static final String MEAN = "mean of probabilities";

    @Parameters(
            index = "0..*",
            arity = "1..*",
            paramLabel = "RUN|key=value",
            description = {
                "Output folders of runs, whose models know the same classes, and",
                "crops=1|144  of each image, their probabilities averaged (1)",
                "and keys of the configurations, for example data.validation=PATH."
            })
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        CommandArguments given = CommandArguments.split(arguments, Set.of(CROPS));
        int crops = Integer.parseInt(given.choice(CROPS, EvaluateCommand.CROP_COUNTS));
        List<String> runs = new ArrayList<>();
        List<String> assignments = new ArrayList<>();
        given.assignments().forEach(word -> (word.contains("=") ? assignments : runs).add(word));
        if (runs.isEmpty()) {
            throw new RefusedException("no run is given", "name the output folders of runs");
        }
        List<Inference<Scores>> members = new ArrayList<>();
        for (String run : runs) {
            TrainedModel model = TrainedModel.of(run, assignments, hadoop);
            members.add(Inference.of(
                    model,
                    new Inference.Task<>(
                            Split.VALIDATION, model.examples(Split.VALIDATION), crops, null, scores -> scores)));
        }
        check(runs, members);
        evaluate(runs, members);
        return 0;
    }

    private static void check(List<String> runs, List<Inference<Scores>> members) {
        Inference<Scores> first = members.get(0);
        for (int i = 1; i < members.size(); i++) {
            Inference<Scores> other = members.get(i);
            boolean sameClasses = other.spec().classes() == first.spec().classes()
                    && other.model().classNames().equals(first.model().classNames());
            if (!sameClasses) {
                throw new RefusedException(
                        runs.get(i) + " knows other classes than " + runs.get(0), "take models of the same classes");
            }
            if (count(other) != count(first)) {
                throw new RefusedException(
                        "the models do not see the same examples: " + runs.get(0) + " " + count(first) + ", "
                                + runs.get(i) + " " + count(other),
                        "give data.validation=PATH for all");
            }
        }
    }

    private static int count(Inference<Scores> member) {
        return member.task().source().description().count();
    }

    private static void evaluate(List<String> runs, List<Inference<Scores>> members) throws Exception {
        long weightBytes =
                members.stream().mapToLong(Inference::weightBytes).max().orElseThrow();
        int width = Math.max(
                MEAN.length(), runs.stream().mapToInt(String::length).max().orElseThrow());
        Inference<Scores> first = members.get(0);
        EvaluationTable table =
                new EvaluationTable(width, RunLog.hasTop5(first.spec().classes()));
        try (JavaSparkContext spark = SparkStart.inferenceContext("sparknorm ensemble", weightBytes)) {
            ClusterResources resources =
                    SparkStart.resources(spark, first.model().config(), null);
            table.printHeading("model");
            Ensemble ensemble = new Ensemble();
            for (int i = 0; i < members.size(); i++) {
                Inference<Scores> member = members.get(i);
                String run = runs.get(i);
                member.run(spark, resources.with(member.model().config()), (examples, predictions) -> {
                    ensemble.add(predictions.examples());
                    table.print(run, predictions.evaluation());
                });
            }
            table.print(MEAN, ensemble.evaluation());
        }
    }
}
