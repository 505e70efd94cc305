package org.sparknorm.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.run.RunPlan;
import org.sparknorm.run.SparkStart;
import org.sparknorm.testing.LocalMaster;
import org.sparknorm.testing.Runs;

/** Slots that go between two jobs, before anyone has noticed. */
class MissingSlotsTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(2);

    /** Two slots-timeouts and the looks at the slots are a few seconds; Spark's own patience would be ten minutes. */
    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void jobThatFindsTooFewSlotsEndsAndTheRunGoesOnWithFewerPartitions() {
        RunConfig config = Runs.config(Runs.BATCH_60 + "\nsteps = 20, slots-timeout = 1s");
        try (JavaSparkContext spark = SparkStart.context("missing slots", 0)) {
            RunPlan prepared = RunPlan.of(config, spark.hadoopConfiguration());
            try (SparkWorkers workers = new SparkWorkers(spark, config, 3)) {
                String blas = BlasAgreement.reach(spark, 2, null).blas();
                assertTimeout(SOON, () -> {
                    workers.deal(Split.TRAIN, prepared.content(Split.TRAIN, blas), 1);
                    assertThat(Runs.sha256(prepared, workers)).isEqualTo(Runs.sha256OnThreads(config, 2));
                });
                assertThat(workers.partitions()).isEqualTo(2);
            }
        }
    }
}
