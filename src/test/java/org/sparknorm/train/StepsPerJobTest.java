package org.sparknorm.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code steps-per-job = auto} finds the number that takes the least time a step. */
@Tag("unit")
class StepsPerJobTest {
    private static final long STEPS = 20_000;

    /** What it has come to after many steps. */
    private static int found(IntToDoubleFunction jobSeconds) {
        StepsPerJob auto = StepsPerJob.auto();
        long steps = 0;
        int[] uses = new int[300];
        while (steps < STEPS) {
            int count = auto.next();
            uses[count] += count;
            auto.took(count, jobSeconds.applyAsDouble(count));
            steps += count;
        }
        int most = 0;
        for (int count = 1; count < uses.length; count++) {
            most = uses[count] > uses[most] ? count : most;
        }
        return most;
    }

    @Test
    void smallNetworksTakeManySteps() {
        assertThat(found(count -> 0.005 + 0.0005 * count)).isEqualTo(256);
    }

    @Test
    void jobsThatWouldTakeTooLongAreNotTried() {
        assertThat(found(count -> 0.005 + 2.0 * count)).isEqualTo(1);
        assertThat(found(count -> 0.1 + 0.1 * count)).isEqualTo(16);
    }

    @Test
    void stepsThatAreSlowerTogetherAreMadeOneByOne() {
        assertThat(found(count -> 0.01 + 0.1 * count + (count > 1 ? 0.05 * count : 0)))
                .isEqualTo(1);
    }

    /** As a JVM is, which is still compiling. */
    @Test
    void aSlowStartIsForgotten() {
        double[] made = {0};
        assertThat(found(count -> {
                    made[0] += count;
                    double compiled = made[0] > 100 ? 1 : 20 / made[0];
                    return compiled * (count == 1 ? 0.01 : 0.02 * count);
                }))
                .isEqualTo(1);
    }

    @Test
    void aNumberStays() {
        StepsPerJob seven = StepsPerJob.fixed(7);
        seven.took(7, 1);
        assertThat(seven.next()).isEqualTo(7);
    }
}
