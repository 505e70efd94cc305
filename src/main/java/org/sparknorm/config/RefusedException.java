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
}
