package org.sparknorm.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The benchmark of whole steps runs through to its figures. */
class BenchNetworkTest {
    @BeforeAll
    static void master() {
        System.setProperty("spark.master", "local[2]");
        System.setProperty("spark.ui.enabled", "false");
    }

    @AfterAll
    static void noMaster() {
        System.clearProperty("spark.master");
        System.clearProperty("spark.ui.enabled");
    }

    @Test
    void stepsOnGeneratedImagesAreTimedBesideLocalNorm() {
        Commands.Result result = Commands.run(
                "bench",
                "network",
                "model.name=resnet20",
                "model.width=0.25",
                "batch-size=8",
                "slices=2",
                "--size",
                "12",
                "--classes",
                "5",
                "--steps",
                "2",
                "--warmup",
                "1",
                "--compare-local");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("resnet20, batch 8 of 12 x 12 x 3: median of 2 steps after 1:")
                .contains("local norm:");
    }
}
