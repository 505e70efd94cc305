package org.sparknorm.job;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.sparknorm.data.Split;
import org.sparknorm.run.SparkStart;
import org.sparknorm.run.TrainedModel;
import org.sparknorm.run.files.RunLog;
import org.sparknorm.spark.source.DataSource;
import org.sparknorm.train.Prediction;
import org.sparknorm.train.Scores;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code evaluate RUN [split=validation|train] [crops=1|144] [statistics=running|population] [weights=PATH]} runs
 * inference over a split on Spark.
 */
@Command(
        name = "evaluate",
        description = "Evaluates the model of a run in inference mode.",
        footerHeading = "%nArguments:%n",
        footer = {
            "  split=validation|train          which examples (validation)",
            "  crops=1|144                     of each image, their probabilities averaged (1)",
            "  statistics=running|population   those of the norms (running)",
            "  weights=PATH                    another safetensors file"
        })
final class EvaluateCommand implements Callable<Integer> {
    private static final String SPLIT = "split";
    private static final String CROPS = "crops";
    private static final int SPLIT_WIDTH = 12;
    static final List<String> CROP_COUNTS = List.of("1", "144");

    @Mixin
    private RunParameters parameters;

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        CommandArguments given = CommandArguments.split(
                parameters.arguments(), Set.of(SPLIT, TrainedModel.WEIGHTS, CROPS, TrainedModel.STATISTICS));
        String word = given.choice(SPLIT, List.of(Split.VALIDATION.word(), Split.TRAIN.word()));
        Split split = word.equals(Split.TRAIN.word()) ? Split.TRAIN : Split.VALIDATION;
        int crops = Integer.parseInt(given.choice(CROPS, CROP_COUNTS));
        TrainedModel model = TrainedModel.of(parameters.run(), given.assignments(), hadoop);
        DataSource source = model.examples(split);
        String weights = model.chosenWeights(
                given.own().get(TrainedModel.WEIGHTS),
                given.choice(TrainedModel.STATISTICS, TrainedModel.STATISTICS_KINDS));
        Inference<Prediction> inference =
                Inference.of(model, new Inference.Task<>(split, source, crops, weights, Scores::likeliest));
        inference.run("sparknorm evaluate", (examples, predictions) -> {
            EvaluationTable table = new EvaluationTable(
                    SPLIT_WIDTH, RunLog.hasTop5(inference.spec().classes()));
            table.printHeading("split");
            table.print(split.word(), predictions.evaluation());
            List<String> names =
                    model.classNames().isEmpty() ? examples.description().classNames() : model.classNames();
            System.out.print(ClassTable.of(ClassMetrics.of(predictions.examples()), names));
        });
        return 0;
    }
}
