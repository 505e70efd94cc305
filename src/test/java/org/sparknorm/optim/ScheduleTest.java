package org.sparknorm.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparknorm.config.LearningRateConfig;

/** Learning rates by step; the first step is 1. */
@Tag("unit")
class ScheduleTest {
    private static final double INITIAL = 0.5;
    private static final double FACTOR = 0.1;
    private static final long EVERY = 10;
    private static final long TOTAL = 100;
    /** A few operations in double, each with an error of at most 2⁻⁵³. */
    private static final double TOLERANCE = 1e-15;

    @ParameterizedTest
    @CsvSource({"1", "2", "50", "100", "1000000"})
    void constantIsTheInitialRate(long step) {
        assertThat(schedule(LearningRateConfig.Schedule.CONSTANT).rate(step)).isEqualTo(INITIAL);
    }

    @ParameterizedTest
    @CsvSource({"1, 0.5", "11, 0.05", "21, 0.005", "6, 0.15811388300841897", "2, 0.39716411736214076"})
    void exponentialFallsByTheFactorEverySoManyStepsSmoothly(long step, double expected) {
        assertThat(schedule(LearningRateConfig.Schedule.EXPONENTIAL).rate(step)).isEqualTo(expected, within(TOLERANCE));
    }

    @ParameterizedTest
    @CsvSource({"1, 0.5", "10, 0.5", "11, 0.05", "20, 0.05", "21, 0.005"})
    void stepFallsByTheFactorAfterEverySoManySteps(long step, double expected) {
        assertThat(schedule(LearningRateConfig.Schedule.STEP).rate(step)).isEqualTo(expected, within(TOLERANCE));
    }

    @ParameterizedTest
    @CsvSource({"1, 0.5", "3, 0.5", "4, 0.05", "7, 0.05", "8, 0.005", "100, 0.005"})
    void aMilestoneIsTheLastStepAtTheOldRate(long step, double expected) {
        Schedule schedule = Schedule.of(config(LearningRateConfig.Schedule.STEP, List.of(3L, 7L), 0), TOTAL);
        assertThat(schedule.rate(step)).isEqualTo(expected, within(TOLERANCE));
    }

    @ParameterizedTest
    @CsvSource({"1, 0.5", "51, 0.25", "26, 0.4267766952966369", "101, 0"})
    void cosineFallsToZeroAtTheEndOfTheRun(long step, double expected) {
        assertThat(schedule(LearningRateConfig.Schedule.COSINE).rate(step)).isEqualTo(expected, within(TOLERANCE));
    }

    @Test
    void theLastStepOfACosineIsSmallButNotZero() {
        assertThat(schedule(LearningRateConfig.Schedule.COSINE).rate(TOTAL)).isBetween(1e-5, 1e-3);
    }

    @ParameterizedTest
    @CsvSource({"1, 0.125", "2, 0.25", "3, 0.375", "4, 0.5", "5, 0.5"})
    void warmUpRisesLinearlyToTheRate(long step, double expected) {
        Schedule schedule = Schedule.of(config(LearningRateConfig.Schedule.CONSTANT, List.of(), 4), TOTAL);
        assertThat(schedule.rate(step)).isEqualTo(expected, within(TOLERANCE));
    }

    @Test
    void warmUpMultipliesWhatTheScheduleSays() {
        Schedule plain = schedule(LearningRateConfig.Schedule.EXPONENTIAL);
        Schedule warm = Schedule.of(config(LearningRateConfig.Schedule.EXPONENTIAL, List.of(), 20), TOTAL);
        assertThat(warm.rate(5)).isEqualTo(plain.rate(5) * 5 / 20, within(TOLERANCE));
        assertThat(warm.rate(20)).isEqualTo(plain.rate(20));
        assertThat(warm.rate(30)).isEqualTo(plain.rate(30));
    }

    private static Schedule schedule(LearningRateConfig.Schedule kind) {
        return Schedule.of(config(kind, List.of(), 0), TOTAL);
    }

    private static LearningRateConfig config(
            LearningRateConfig.Schedule kind, List<Long> milestones, long warmupSteps) {
        return new LearningRateConfig(INITIAL, kind, FACTOR, EVERY, milestones, warmupSteps);
    }
}
