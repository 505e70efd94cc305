package org.sparknorm.ml;

import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.ExampleForm;
import org.sparknorm.data.Split;
import org.sparknorm.run.RunPlan;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.spark.source.LabelledExamples;
import org.sparknorm.train.Trainer;
import org.sparknorm.train.TrainingState;

/** A run on examples that are in Spark already, which leaves nothing on disk. */
final class EstimatorRun {
    private EstimatorRun() {}

    /** @throws RefusedException if configuration and examples do not fit together */
    static RunPlan prepare(RunConfig config, LabelledExamples source) {
        boolean changesPixels = config.data().binarize()
                || !config.data().mean().isNone()
                || !config.data().deviation().isNone()
                || !config.data().augment().isNone();
        if (source.description().form() == ExampleForm.VALUES && changesPixels) {
            throw new RefusedException(
                    "data.binarize, data.mean, data.deviation and data.augment are for images, not for vectors",
                    "scale the features in a stage before");
        }
        if (config.initialWeights().isPresent()) {
            throw new RefusedException("init-from does nothing here", "leave it out");
        }
        return RunPlan.of(config, source, null);
    }

    /** All its steps, in an application that others may use at the same time. */
    static TrainingState run(JavaSparkContext spark, RunPlan prepared) {
        RunConfig config = prepared.config();
        if (spark.getConf().getBoolean("spark.dynamicAllocation.enabled", false)) {
            throw new RefusedException(
                    "barrier stages do not run with dynamic allocation",
                    "start Spark with spark.dynamicAllocation.enabled=false");
        }
        try {
            ClusterResources placement = ClusterResources.of(spark, config, null);
            TrainingState state = prepared.state(prepared.initialModel());
            try (SparkWorkers workers = new SparkWorkers(spark, config, placement.partitions(), false)) {
                workers.deal(Split.TRAIN, prepared.training(), prepared.run(), prepared.setup(), placement.blas());
                new Trainer(prepared.trainerSettings(false), workers, List.of()).train(state, false);
            } finally {
                spark.clearCallSite();
            }
            return state;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for executors", e);
        }
    }
}
