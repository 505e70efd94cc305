package org.sparknorm.train;

/** The run was told to stop before it made this step. The state is that of the step before. */
public final class InterruptedRunException extends RuntimeException {
    public InterruptedRunException(long step) {
        super("interrupted before step " + step);
    }
}
