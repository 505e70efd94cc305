package org.sparknorm.config;

/** What the user gave cannot be used: the configuration, the command line or the input. Nothing was written. */
public final class RefusedException extends RuntimeException {
    /**
     * @param cause what is wrong, naming key or file and value
     * @param cure what to do about it
     */
    public RefusedException(String cause, String cure) {
        super(cause + "; " + cure);
    }

    /** The refusal that a failure comes from; null if it comes from none. */
    public static RefusedException in(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RefusedException refusal) {
                return refusal;
            }
        }
        return null;
    }
}
