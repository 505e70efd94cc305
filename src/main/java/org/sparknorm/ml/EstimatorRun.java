package org.sparknorm.ml;

import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.ExampleForm;
import org.sparknorm.data.Split;
import org.sparknorm.run.RunPlan;
import org.sparknorm.run.SparkStart;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.spark.source.LabelledExamples;
import org.sparknorm.train.Trainer;
import org.sparknorm.train.TrainingState;

/** Trains on examples that are in Spark already and writes nothing to disk. */
final class EstimatorRun {
    private static final Logger LOG = LoggerFactory.getLogger(EstimatorRun.class);

    private EstimatorRun() {}

    /** @throws RefusedException if configuration and examples do not fit together */
    static RunPlan plan(RunConfig config, LabelledExamples source) {
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

    /** Makes all steps in an application that others may use at the same time. */
    static TrainingState train(JavaSparkContext spark, RunPlan plan) {
        RunConfig config = plan.config();
        SparkStart.checkAllocation(spark.getConf(), "start Spark with spark.dynamicAllocation.enabled=false");
        try {
            ClusterResources resources = ClusterResources.of(spark, config, null);
            resources.agreement().fallbacks().forEach(LOG::warn);
            TrainingState state = plan.state(plan.initialModel());
            try (SparkWorkers workers = new SparkWorkers(spark, config, resources.partitions(), false)) {
                plan.deal(Split.TRAIN, workers, resources);
                new Trainer(plan.trainerSettings(false), workers, List.of()).train(state, false);
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
