package org.sparknorm.spark;

import java.time.Duration;

/** A clock on which time passes at once, and only where somebody waits. */
final class FakeClock implements Slots.Clock {
    private long nanos;

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void sleep(long millis) {
        nanos += Duration.ofMillis(millis).toNanos();
    }

    long seconds() {
        return Duration.ofNanos(nanos).toSeconds();
    }
}
