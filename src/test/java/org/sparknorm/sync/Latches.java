package org.sparknorm.sync;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waiting in the place of computing. */
final class Latches {
    private Latches() {}

    /** Waits as computing does: an interrupt does not end it. Whether the latch came down. */
    static boolean comes(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                boolean came = latch.await(10, TimeUnit.SECONDS);
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                return came;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }
}
