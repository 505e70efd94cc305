package org.sparknorm.job.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sparknorm.testing.Commands;
import org.sparknorm.testing.LocalMaster;

/** The benchmark of whole steps runs through to its figures. */
class BenchNetworkTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(2);

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
