package org.sparknorm.job;

import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.spark.BadImages;
import org.sparknorm.spark.DataSource;
import org.sparknorm.spark.RunSetup;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.train.TrainingState;

/** A trained model over examples, on Spark, from its start to its end. */
final class Inference {
    private Inference() {}

    /**
     * What is asked of the model.
     *
     * @param name of the Spark application
     * @param crops of each image, whose probabilities are averaged
     * @param weights another safetensors file, or null for the run's own
     */
    record Task(String name, Split split, DataSource source, int crops, String weights) {}

    /** What is done with the answers, while Spark runs. */
    @FunctionalInterface
    interface Use {
        /** @param examples those of the task without the bad ones, if these are to be left out */
        void take(RunSetup setup, DataSource examples, SparkWorkers.Predictions predictions) throws Exception;
    }

    /** @throws RefusedException before Spark starts, if model, examples and crops do not fit together */
    static void run(TrainedModel model, Task task, Use use) throws Exception {
        RunConfig config = model.config();
        RunSetup setup = model.setup(task.source());
        checkCrops(task);
        setup.exampleReader(config.seed());
        TrainingState state = model.state(setup, task.weights());
        long weightBytes = (long) state.weights().length * Float.BYTES;
        try (JavaSparkContext spark = SparkStart.context(task.name(), weightBytes)) {
            SparkStart.Placement placement = SparkStart.place(spark, config, null);
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
                        task.split(), source, setup, Preparation.evaluationSetup(config, source), placement.blas());
                use.take(setup, source, workers.predict(state, task.split(), task.crops()));
            }
        }
    }

    private static void checkCrops(Task task) {
        DataSource.Description data = task.source().description();
        if (task.crops() > 1 && (data.shape().rank() == 1 || data.shape().last() == 1)) {
            throw new RefusedException("crops = " + task.crops() + " is for images in colour", "leave it out");
        }
    }
}
