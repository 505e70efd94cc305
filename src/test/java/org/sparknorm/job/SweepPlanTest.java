package org.sparknorm.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparknorm.config.RefusedException;

/** The combinations that a sweep draws. */
@Tag("unit")
class SweepPlanTest {
    private static final List<String> LISTS =
            List.of("batch-size=10,20,30", "model.norm=batch,none", "learning-rate.initial=0.1,0.3");

    @Test
    void noCombinationOfListsIsDrawnTwice() {
        for (int seed = 1; seed <= 20; seed++) {
            assertThat(SweepPlan.of(LISTS, 12, seed).runs())
                    .as("seed %d", seed)
                    .hasSize(12)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void moreTrialsBeginWithThoseOfFewer() {
        List<SweepPlan.Run> all = SweepPlan.of(LISTS, 12, 1).runs();
        for (int trials = 1; trials < 12; trials++) {
            assertThat(SweepPlan.of(LISTS, trials, 1).runs()).isEqualTo(all.subList(0, trials));
        }
    }

    /** An interrupted sweep goes on with the runs that an earlier version drew. */
    @Test
    void drawsOfRangesStayAsTheyWere() {
        List<String> ranges = List.of("learning-rate.initial=0.01..1:log", "optimizer.momentum=0..0.9");
        assertThat(SweepPlan.of(ranges, 3, 1).runs())
                .extracting(SweepPlan.Run::name)
                .containsExactly(
                        "learning-rate.initial=0.01070,optimizer.momentum=0.5290",
                        "learning-rate.initial=0.01214,optimizer.momentum=0.4365",
                        "learning-rate.initial=0.06986,optimizer.momentum=0.3300");
    }

    @Test
    void fewerCombinationsThanTrialsAreRefused() {
        assertThatThrownBy(() -> SweepPlan.of(LISTS, 13, 1))
                .isInstanceOf(RefusedException.class)
                .hasMessage("trials = 13, and there are only 12 combinations; "
                        + "lower trials, leave it out for all combinations of listed values, or give more values");
        assertThatThrownBy(() -> SweepPlan.of(List.of("model.norm=batch,batch,none"), 3, 1))
                .hasMessageStartingWith("trials = 3, and there are only 2 combinations; ");
    }

    /** Drawn numbers have four digits. */
    @Test
    void aRangeWithFewerNumbersThanTrialsIsRefused() {
        assertThatThrownBy(() -> SweepPlan.of(List.of("optimizer.momentum=0.5000..0.5001"), 3, 1))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("trials = 3, and there are only 2 combinations; ");
    }
}
