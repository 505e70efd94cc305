package org.sparknorm.run;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.Split;
import org.sparknorm.spark.ClusterResources;
import org.sparknorm.spark.SparkWorkers;
import org.sparknorm.testing.LocalSpark;
import org.sparknorm.testing.Runs;
import org.sparknorm.train.InterruptedRunException;

/** A run that goes on from a checkpoint and is interrupted while its examples are dealt. */
class InterruptedDealTest {
    @RegisterExtension
    static final LocalSpark SPARK = new LocalSpark(1);

    @Test
    void namesTheStepThatComesNext() throws InterruptedException {
        RunConfig config = Runs.config(Runs.BATCH_60 + "\nsteps = 200");
        RunPlan plan = RunPlan.of(config, SPARK.context().hadoopConfiguration());
        ClusterResources resources = ClusterResources.of(SPARK.context(), config, null);
        try (SparkWorkers workers = new SparkWorkers(SPARK.context(), config, 1)) {
            workers.stop();
            assertThatThrownBy(() -> plan.deal(Split.TRAIN, workers, resources, 101))
                    .isInstanceOf(InterruptedRunException.class)
                    .hasMessage("interrupted before step 101");
        }
    }
}
