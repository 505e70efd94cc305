package org.sparknorm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.image.BadImageException;

/** What a reader of foreign bytes may do with them: read them, or refuse them with one line, in bounded time and memory. */
public final class Reading {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Thousands of times what an input takes, on a busy machine. */
    private static final Duration MOST_TIME = Duration.ofSeconds(60);
    /** Buffers, which have one size for all files. */
    private static final long FIXED_BYTES = 1 << 20;

    private Reading() {}

    /** A call of the reader. */
    public interface Call {
        void run() throws Exception;
    }

    /**
     * @param proportionalBytes what it may allocate besides a fixed amount
     * @param call made again if it allocated more: the first time it loads classes, too
     */
    public static void succeedsOrRefuses(long proportionalBytes, Call call) {
        long most = FIXED_BYTES + proportionalBytes;
        if (allocatedBytes(call) > most) {
            assertThat(allocatedBytes(call)).as("bytes allocated").isLessThanOrEqualTo(most);
        }
    }

    /** In whatever memory there is. */
    public static void succeedsOrRefuses(Call call) {
        allocatedBytes(call);
    }

    private static long allocatedBytes(Call call) {
        return assertTimeoutPreemptively(MOST_TIME, () -> {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                call.run();
            } catch (RefusedException | BadImageException e) {
                requireOneLine(e);
            }
            return THREADS.getCurrentThreadAllocatedBytes() - before;
        });
    }

    private static void requireOneLine(Exception refusal) {
        String message = refusal.getMessage();
        if (message.isBlank() || message.chars().anyMatch(Character::isISOControl)) {
            throw new AssertionError("not one line: " + message, refusal);
        }
    }
}
