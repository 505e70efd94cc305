package org.sparknorm.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.ConfigSource;
import org.sparknorm.config.RefusedException;
import org.sparknorm.config.RunConfig;
import org.sparknorm.spark.source.NoiseSource;
import org.sparknorm.tensor.Shape;

/** Four pixels to 5 values, a norm, and 3 classes: 20 + 10 + 18 weights; two slices of 3 examples. */
@Tag("unit")
class MemoryNeedTest {
    private static final long MEBIBYTE = 1 << 20;
    private static final long GIBIBYTE = 1 << 30;

    private static final long SPARK = 30 * MEBIBYTE;
    private static final long HEADER = 16;
    private static final long MODEL = HEADER + 4 * 48;
    /** Weights, momentum, and a boolean a weight. */
    private static final long STATE = 2 * MODEL + 48;

    private static final long NORM = 12 * (HEADER + 4 * 1020);
    private static final long OUTPUTS = floats(15) + floats(15) + floats(9);
    private static final long GRADIENTS_IN_TURN = floats(9) + floats(15) + floats(15);
    private static final long REPLICA = MODEL + NORM + OUTPUTS + GRADIENTS_IN_TURN + 2 * floats(12);
    private static final long EXAMPLE = 24;

    private static long floats(long values) {
        return HEADER + 4 * values;
    }

    private static RunPlan prepared(NoiseSource validation, String... assignments) {
        ConfigSource source = ConfigFiles.ofText(
                "model.hidden = [5], batch-size = 6, slices = 2, steps = 1, optimizer.momentum = 0.9");
        RunConfig config = source.with(List.of(assignments)).toRunConfig();
        return RunPlan.of(config, noise(12), validation);
    }

    private static NoiseSource noise(int examples) {
        return NoiseSource.of(examples, Shape.of(2, 2, 1), 3);
    }

    private static MemoryNeed need(NoiseSource validation, String... assignments) {
        return new MemoryNeed(prepared(validation, assignments), HeapLayout.PACKED);
    }

    @Test
    void oneProcessHoldsStateCheckpointAndAllReplicas() {
        assertThat(need(null).singleProcessBytes()).isEqualTo(SPARK + STATE + MODEL + 2 * REPLICA + 12 * EXAMPLE);
    }

    @Test
    void driverHoldsStateAndThreeModelsAtTheEndOfAStep() {
        assertThat(need(null).driverBytes()).isEqualTo(SPARK + STATE + 3 * MODEL);
    }

    @Test
    void executorHoldsItsShareOfTheReplicas() {
        assertThat(need(null).executorBytes(1)).isEqualTo(SPARK + 3 * MODEL + 2 * REPLICA + 12 * EXAMPLE);
        assertThat(need(null).executorBytes(2)).isEqualTo(SPARK + 3 * MODEL + REPLICA + 6 * EXAMPLE);
    }

    @Test
    void validationHasReplicasOfItsOwn() {
        long inference = MODEL + NORM + OUTPUTS + floats(12);
        assertThat(need(noise(6)).singleProcessBytes() - need(null).singleProcessBytes())
                .isEqualTo(2 * inference + 6 * EXAMPLE);
    }

    @Test
    void adamKeepsTwoArraysAndWritesThem() {
        assertThat(need(null, "optimizer.name=adam").singleProcessBytes()
                        - need(null).singleProcessBytes())
                .isEqualTo(2 * MODEL);
    }

    @Test
    void unevenSlicesAreCountedAsTheyAre() {
        assertThat(need(null, "batch-size=5").singleProcessBytes())
                .isBetween(
                        need(null, "batch-size=4").singleProcessBytes(),
                        need(null).singleProcessBytes());
    }

    @Test
    void arrayLongerThanHalfARegionTakesWholeRegions() {
        HeapLayout regions = new HeapLayout(1024);
        assertThat(regions.floats(124)).isEqualTo(512);
        assertThat(regions.floats(125)).isEqualTo(1024);
        assertThat(regions.floats(253)).isEqualTo(2048);
    }

    @Test
    void driverThatIsTooSmallIsToldHowMuchToAskFor() {
        MemoryNeed need = need(null);
        assertThatThrownBy(() -> need.checkDriver(true, 20 * MEBIBYTE))
                .isInstanceOf(RefusedException.class)
                .hasMessage("the run needs about 30 MiB of heap in the driver's process, which has 20 MiB; give it more"
                        + " with --driver-memory 1g, or lower batch-size or slices");
        assertThatCode(() -> need.checkDriver(true, GIBIBYTE)).doesNotThrowAnyException();
    }

    @Test
    void executorThatIsTooSmallIsToldHowMuchToAskFor() {
        MemoryNeed need = need(null);
        assertThatThrownBy(() -> need.checkExecutors(2, 20 * MEBIBYTE))
                .isInstanceOf(RefusedException.class)
                .hasMessage("the run needs about 30 MiB of heap in an executor, which has 20 MiB; give executors more"
                        + " with --executor-memory 1g, use more of them, or lower batch-size or slices");
        assertThatCode(() -> need.checkExecutors(2, GIBIBYTE)).doesNotThrowAnyException();
    }
}
