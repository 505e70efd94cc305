package org.sparknorm.train;

/** Reports that a run was to stop before it made this step. The state is that of the step before. */
public final class InterruptedRunException extends RuntimeException {
    public InterruptedRunException(long step) {
        super("interrupted before step " + step);
    }
}
