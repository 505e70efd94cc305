package org.sparknorm.ml;

import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.run.RunPlan;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.train.Trainer;
import org.sparknorm.train.TrainingState;

/** Trains on generated digits as command {@code train} does, without writing its files. */
final class DigitsRun {
    private DigitsRun() {}

    static String sha256(SparkSession session, RunConfig config) {
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        RunPlan plan = RunPlan.of(config, new Configuration());
        try {
            ClusterResources resources = ClusterResources.of(spark, config, null);
            TrainingState state = plan.state(plan.initialModel());
            try (SparkWorkers workers = new SparkWorkers(spark, config, resources.partitions())) {
                plan.deal(Split.TRAIN, workers, resources);
                new Trainer(plan.trainerSettings(false), workers, List.of()).train(state, false);
            }
            return Safetensors.sha256(state.model().entries(plan.network()));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
