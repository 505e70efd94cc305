package org.sparknorm.config;

import java.util.regex.Pattern;

/**
 * Says that the configuration, the command line or the input cannot be used. Nothing was written. The message is one
 * line, whatever the names and values that it quotes contain.
 */
public final class RefusedException extends RuntimeException {
    /** Control characters, which would break the line or steer the terminal. */
    private static final Pattern CONTROLS = Pattern.compile("\\p{Cc}+");

    /**
     * @param cause what is wrong, with the key or file and its value
     * @param cure what to do about it
     */
    public RefusedException(String cause, String cure) {
        super(CONTROLS.matcher(cause + "; " + cure).replaceAll(" "));
    }

    /** Returns the refusal that caused a failure; null if none did. */
    public static RefusedException in(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RefusedException refusal) {
                return refusal;
            }
        }
        return null;
    }
}
