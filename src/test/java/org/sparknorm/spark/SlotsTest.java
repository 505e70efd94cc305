package org.sparknorm.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Waiting for slots, on a clock that passes time at once. */
@Tag("unit")
class SlotsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final FakeClock clock = new FakeClock();

    /** One slot a second, up to some. */
    private IntSupplier onePerSecond(int most) {
        return () -> (int) Math.min(most, clock.seconds());
    }

    @Test
    void startWaitsForAllThatWereAskedFor() throws InterruptedException {
        assertThat(Slots.awaitStart(onePerSecond(20), 12, TIMEOUT, clock)).isEqualTo(12);
        assertThat(clock.seconds()).isEqualTo(12);
    }

    @Test
    void startTakesWhatIsThereAfterTheTimeout() throws InterruptedException {
        assertThat(Slots.awaitStart(onePerSecond(4), 12, TIMEOUT, clock)).isEqualTo(4);
        assertThat(clock.seconds()).isEqualTo(TIMEOUT.toSeconds());
    }

    /** The last comes at 7 s; the start is 5 s later. */
    @Test
    void startWaitsUntilNoMoreComeWhereNoneWereAskedFor() throws InterruptedException {
        assertThat(Slots.awaitStart(onePerSecond(7), 0, TIMEOUT, clock)).isEqualTo(7);
        assertThat(clock.seconds()).isEqualTo(12);
    }

    @Test
    void startWithoutAnySlotsWaitsForTheTimeout() throws InterruptedException {
        assertThat(Slots.awaitStart(() -> 0, 0, TIMEOUT, clock)).isZero();
        assertThat(clock.seconds()).isEqualTo(TIMEOUT.toSeconds());
    }

    @Test
    void waitingEndsWhenTheConditionHolds() throws InterruptedException {
        assertThat(Slots.await(() -> clock.seconds() >= 3, TIMEOUT, () -> false, clock))
                .isTrue();
        assertThat(clock.seconds()).isEqualTo(3);
    }

    @Test
    void waitingEndsAfterTheTimeout() throws InterruptedException {
        assertThat(Slots.await(() -> false, TIMEOUT, () -> false, clock)).isFalse();
        assertThat(clock.seconds()).isEqualTo(TIMEOUT.toSeconds());
    }

    @Test
    void waitingEndsWhenTheRunIsToStop() throws InterruptedException {
        assertThat(Slots.await(() -> false, TIMEOUT, () -> clock.seconds() >= 2, clock))
                .isFalse();
        assertThat(clock.seconds()).isEqualTo(2);
    }
}
