package org.sparknorm.job.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.data.Split;
import org.sparknorm.run.ModelFiles;
import org.sparknorm.run.RunPlan;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.train.Evaluation;
import org.sparknorm.train.Trainer;
import org.sparknorm.train.TrainingListener;
import org.sparknorm.train.TrainingState;

/** Steps of a run that are made to be timed; nothing is evaluated or written. */
final class TimedSteps implements TrainingListener, AutoCloseable {
    private static final double MILLIS_A_SECOND = 1e3;

    private final SparkWorkers workers;
    private final Trainer trainer;
    private final TrainingState state;
    private final List<Step> steps = new ArrayList<>();

    TimedSteps(RunPlan prepared, JavaSparkContext spark, ClusterResources placement) {
        this.workers = new SparkWorkers(spark, prepared.config(), placement.partitions());
        workers.deal(Split.TRAIN, prepared.training(), prepared.run(), prepared.setup(), placement.blas());
        this.state = prepared.state(ModelFiles.initial(prepared, spark.hadoopConfiguration()));
        this.trainer = new Trainer(prepared.trainerSettings(false), workers, List.of(this));
    }

    /** One, as a job of its own. */
    void step() {
        trainer.step(state);
    }

    /** All up to the last of the run, in jobs as the configuration says. */
    void all() {
        trainer.train(state, false);
    }

    /** A job that computes nothing; see {@link SparkWorkers#emptyJob}. */
    void emptyJob() {
        workers.emptyJob();
    }

    /** Those behind the first ones. */
    List<Step> measured(int warmup) {
        return steps.subList(warmup, steps.size());
    }

    double medianMillis(int warmup, ToDoubleFunction<Step> seconds) {
        return MILLIS_A_SECOND
                * median(measured(warmup).stream().mapToDouble(seconds).toArray());
    }

    double meanMillis(int warmup, ToDoubleFunction<Step> seconds) {
        return MILLIS_A_SECOND
                * measured(warmup).stream().mapToDouble(seconds).average().orElse(Double.NaN);
    }

    /** See {@link SparkWorkers#waits}. */
    Map<String, Double> waits() {
        return workers.waits();
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    @Override
    public void onStep(Step step) {
        steps.add(step);
    }

    @Override
    public void onEvaluation(long step, Split split, Evaluation evaluation) {
        throw new IllegalStateException("nothing is evaluated here");
    }

    @Override
    public void close() {
        workers.close();
    }
}
