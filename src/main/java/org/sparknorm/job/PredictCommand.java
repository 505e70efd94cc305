package org.sparknorm.job;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.sparknorm.checkpoint.AtomicFolder;
import org.sparknorm.data.Split;
import org.sparknorm.run.AbsolutePaths;
import org.sparknorm.run.SparkStart;
import org.sparknorm.run.TrainedModel;
import org.sparknorm.spark.source.DataSource;
import org.sparknorm.spark.source.DataSources;
import org.sparknorm.train.Prediction;
import org.sparknorm.train.Scores;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code predict RUN input=PATH output=PATH [format=parquet|csv]} writes classes and probabilities of images. */
@Command(
        name = "predict",
        description = "Writes what the model of a run says of each image.",
        footerHeading = "%nArguments:%n",
        footer = {
            "  input=PATH           images in the format of the run, or in that of data.format=...;",
            "                       of image-folder any folder: labels are known where its folders are classes",
            "  output=PATH          new folder for the files",
            "  format=parquet|csv   (parquet)",
            "  crops=1|144          of each image, their probabilities averaged (1)",
            "  weights=PATH         another safetensors file"
        })
final class PredictCommand implements Callable<Integer> {
    private static final String INPUT = "input";
    private static final String OUTPUT = "output";
    private static final String FORMAT = "format";
    private static final String WEIGHTS = "weights";
    private static final String CROPS = "crops";

    @Mixin
    private RunParameters parameters;

    @Override
    public Integer call() throws Exception {
        Configuration hadoop = SparkStart.hadoop();
        CommandArguments given =
                CommandArguments.split(parameters.arguments(), Set.of(INPUT, OUTPUT, FORMAT, WEIGHTS, CROPS));
        PredictionFiles.Format format = PredictionFiles.Format.valueOf(
                given.choice(FORMAT, List.of("parquet", "csv")).toUpperCase(Locale.ROOT));
        int crops = Integer.parseInt(given.choice(CROPS, EvaluateCommand.CROP_COUNTS));
        String input = AbsolutePaths.of(INPUT, given.required(INPUT), hadoop);
        AtomicFolder output = AtomicFolder.of(OUTPUT, AbsolutePaths.of(OUTPUT, given.required(OUTPUT), hadoop), hadoop);
        TrainedModel model = TrainedModel.of(parameters.run(), given.assignments(), hadoop);
        DataSource source = DataSources.forPrediction(INPUT, input, model.classNames(), model.config(), hadoop);
        String weights = given.own().get(WEIGHTS);
        Inference<Prediction> inference =
                Inference.of(model, new Inference.Task<>(Split.VALIDATION, source, crops, weights, Scores::likeliest));
        inference.run("sparknorm predict", (examples, predictions) -> {
            String folder = output.begin();
            PredictionFiles.write(
                    predictions.examples(), inference.spec().classes(), model.classNames(), format, folder);
            output.finish();
            System.out.printf(
                    "predictions of %d images written to %s%n",
                    examples.description().count(), output);
        });
        return 0;
    }
}
