package org.sparknorm.spark.endpoint;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.sparknorm.train.GradientSum;

/** Hands sums of gradients over within the driver's process, each once, by a number. */
public final class GradientHandover {
    private final Map<Long, GradientSum> ready = new ConcurrentHashMap<>();
    private final AtomicLong last = new AtomicLong();

    /** The number under which the sum lies ready from now on. */
    long put(GradientSum sum) {
        long number = last.incrementAndGet();
        ready.put(number, sum);
        return number;
    }

    GradientSum take(long number) {
        GradientSum sum = ready.remove(number);
        if (sum == null) {
            throw new IllegalStateException("gradient " + number + " was taken before, or is of an earlier attempt");
        }
        return sum;
    }

    /** Drops what a failed attempt has left. */
    public void clear() {
        ready.clear();
    }
}
