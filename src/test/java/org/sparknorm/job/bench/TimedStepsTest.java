package org.sparknorm.job.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerUnpersistRDD;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sparknorm.testing.Commands;
import org.sparknorm.testing.LocalMaster;

/** The benchmarks of steps give back what they dealt, however many are compared. */
class TimedStepsTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(2);

    private static final String LISTENERS = "spark.extraListeners";
    private static final Set<Integer> FREED = Collections.newSetFromMap(new ConcurrentHashMap<>());

    /** Spark makes it by its name. */
    public static final class Freed extends SparkListener {
        @Override
        public void onUnpersistRDD(SparkListenerUnpersistRDD event) {
            FREED.add(event.rddId());
        }
    }

    @BeforeEach
    void listen() {
        FREED.clear();
        System.setProperty(LISTENERS, Freed.class.getName());
    }

    @AfterEach
    void stopListening() {
        System.clearProperty(LISTENERS);
    }

    @Test
    void benchStepFreesTheExamplesOfAllItsVariants() {
        Commands.Result result = Commands.run("bench", "step", "data.examples=120", "--steps", "2", "--warmup", "1");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(FREED).hasSize(3);
    }

    @Test
    void benchNetworkFreesTheExamplesOfBothNorms() {
        Commands.Result result = Commands.run(
                "bench",
                "network",
                "batch-size=4",
                "slices=2",
                "--size",
                "4",
                "--classes",
                "2",
                "--steps",
                "1",
                "--warmup",
                "1",
                "--compare-local");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(FREED).hasSize(2);
    }
}
