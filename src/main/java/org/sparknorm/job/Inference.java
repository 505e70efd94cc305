package org.sparknorm.job;

import java.io.IOException;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.run.RunPlan;
import org.sparknorm.run.SparkStart;
import org.sparknorm.run.TrainedModel;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.spark.NetworkSpec;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.spark.SplitContent;
import org.sparknorm.spark.source.DataSource;
import org.sparknorm.spark.source.UndecodableImages;
import org.sparknorm.train.ReplicaSettings;
import org.sparknorm.train.TrainingState;

/**
 * Inference of a trained model over examples, on Spark.
 *
 * @param <T> what is kept of the scores of an example
 */
record Inference<T>(TrainedModel model, Task<T> task, NetworkSpec spec, TrainingState state) {
    /**
     * The examples, and how the model is applied to them.
     *
     * @param crops number of crops of each image, whose probabilities are averaged
     * @param weights another safetensors file, or null for the run's own
     */
    record Task<T>(Split split, DataSource source, int crops, String weights, SparkWorkers.Keep<T> keep) {}

    /** Uses the predictions, while Spark runs. */
    @FunctionalInterface
    interface Use<T> {
        /** @param examples examples of the task, without the bad ones if these are skipped */
        void take(DataSource examples, SparkWorkers.Predictions<T> predictions) throws Exception;
    }

    /** @throws RefusedException if model, examples and crops do not fit together */
    static <T> Inference<T> of(TrainedModel model, Task<T> task) throws IOException {
        NetworkSpec spec = model.spec(task.source());
        checkCrops(task);
        spec.exampleReader(model.config().seed());
        return new Inference<>(model, task, spec, model.state(spec, task.weights()));
    }

    /** Runs in a Spark application of its own. */
    void run(String application, Use<T> use) throws Exception {
        try (JavaSparkContext spark = SparkStart.inferenceContext(application, weightBytes())) {
            ClusterResources resources = SparkStart.resources(spark, model.config(), null);
            run(spark, resources, use);
        }
    }

    /** Runs in an existing Spark application. */
    void run(JavaSparkContext spark, ClusterResources resources, Use<T> use) throws Exception {
        RunConfig config = model.config();
        DataSource source = task.source();
        if (config.data().badImages() == DataConfig.BadImages.SKIP) {
            UndecodableImages.Checked checked =
                    UndecodableImages.leaveOut(spark, source, config.data().largestImage());
            checked.messages().forEach(message -> System.err.println("left out: " + message));
            source = checked.source();
        }
        try (SparkWorkers workers = new SparkWorkers(spark, config, resources.partitions())) {
            ReplicaSettings settings = RunPlan.evaluationSettings(config, source);
            SplitContent content = new SplitContent(source, spec, settings, resources.blas(), weightBytes());
            workers.deal(task.split(), content, state.step() + 1);
            try (SparkWorkers.Predictions<T> predictions =
                    workers.predict(state, task.split(), task.crops(), task.keep())) {
                use.take(source, predictions);
            }
        }
    }

    /** Returns the bytes of all weights as float32. */
    long weightBytes() {
        return (long) state.weights().length * Float.BYTES;
    }

    private static void checkCrops(Task<?> task) {
        DataSource.Description data = task.source().description();
        if (task.crops() > 1 && (data.shape().rank() == 1 || data.shape().last() == 1)) {
            throw new RefusedException("crops = " + task.crops() + " is for images in colour", "leave it out");
        }
    }
}
