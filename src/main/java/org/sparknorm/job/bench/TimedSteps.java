package org.sparknorm.job.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

/** Makes the steps of a run in order to time them; nothing is evaluated or written. */
final class TimedSteps implements TrainingListener, AutoCloseable {
    private final SparkWorkers workers;
    private final Trainer trainer;
    private final TrainingState state;
    private final List<Step> steps = new ArrayList<>();

    TimedSteps(RunPlan plan, JavaSparkContext spark, ClusterResources resources) {
        this.workers = new SparkWorkers(spark, plan.config(), resources.partitions());
        plan.deal(Split.TRAIN, workers, resources);
        this.state = plan.state(ModelFiles.initial(plan, spark.hadoopConfiguration()));
        this.trainer = new Trainer(plan.trainerSettings(false), workers, List.of(this));
    }

    /** Makes one step, as a job of its own. */
    void step() {
        trainer.step(state);
    }

    /** Makes all steps of the run, in jobs of as many steps as the configuration says. */
    void all() {
        trainer.train(state, false);
    }

    /** Runs a job that computes nothing; see {@link SparkWorkers#emptyJob}. */
    void emptyJob() {
        workers.emptyJob();
    }

    /** The steps after the first {@code warmup}. */
    List<Step> measured(int warmup) {
        return steps.subList(warmup, steps.size());
    }

    double medianSeconds(int warmup, ToDoubleFunction<Step> seconds) {
        return median(measured(warmup).stream().mapToDouble(seconds).toArray());
    }

    double medianMillis(int warmup, ToDoubleFunction<Step> seconds) {
        return millis(medianSeconds(warmup, seconds));
    }

    double meanMillis(int warmup, ToDoubleFunction<Step> seconds) {
        return millis(measured(warmup).stream().mapToDouble(seconds).average().orElse(Double.NaN));
    }

    /** See {@link SparkWorkers#waits}. */
    Map<String, Double> waits() {
        return workers.waits();
    }

    static double millis(double seconds) {
        return seconds * TimeUnit.SECONDS.toMillis(1);
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
