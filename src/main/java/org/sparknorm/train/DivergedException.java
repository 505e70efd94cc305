package org.sparknorm.train;

/** The loss or a gradient is no longer finite. */
public final class DivergedException extends RuntimeException {
    public DivergedException(long step, String what) {
        super("step " + step + ": " + what + " is not finite; lower learning-rate.initial, or go on with"
                + " on-divergence=continue");
    }
}
