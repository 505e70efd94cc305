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

/** What command {@code train} makes of generated digits, without its files. */
final class DigitsRun {
    private DigitsRun() {}

    static String sha256(SparkSession session, RunConfig config) {
        JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
        RunPlan prepared = RunPlan.of(config, new Configuration());
        try {
            ClusterResources placement = ClusterResources.of(spark, config, null);
            TrainingState state = prepared.state(prepared.initialModel());
            try (SparkWorkers workers = new SparkWorkers(spark, config, placement.partitions())) {
                workers.deal(Split.TRAIN, prepared.training(), prepared.run(), prepared.setup(), placement.blas());
                new Trainer(prepared.trainerSettings(false), workers, List.of()).train(state, false);
            }
            return Safetensors.sha256(state.model().entries(prepared.network()));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
