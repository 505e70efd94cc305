package org.sparknorm.config;

import java.util.regex.Pattern;

/**
 * What the user gave cannot be used: the configuration, the command line or the input. Nothing was written. The message is one
 * line, whatever stands in a name or a value that it quotes.
 */
public final class RefusedException extends RuntimeException {
    /** Would break the line, or steer the terminal. */
    private static final Pattern CONTROLS = Pattern.compile("\\p{Cc}+");

    /**
     * @param cause what is wrong, naming key or file and value
     * @param cure what to do about it
     */
    public RefusedException(String cause, String cure) {
        super(CONTROLS.matcher(cause + "; " + cure).replaceAll(" "));
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
