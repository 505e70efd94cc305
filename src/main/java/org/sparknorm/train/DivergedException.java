package org.sparknorm.train;

/** Reports that the loss or a gradient is no longer finite. */
public final class DivergedException extends RuntimeException {
    private final long step;
    private final String what;

    /** @param what in words: the loss, a parameter, or the gradient of one */
    public DivergedException(long step, String what) {
        this(step, what, "");
    }

    private DivergedException(long step, String what, String where) {
        super("step " + step + ": " + what + " is not finite" + where + "; lower learning-rate.initial, or go on with"
                + " on-divergence=continue");
        this.step = step;
        this.what = what;
    }

    /** Returns the same exception with the place of the last good checkpoint in its message. */
    public DivergedException withCheckpoint(String path) {
        return new DivergedException(step, what, ", the last good checkpoint is " + path);
    }
}
