package org.sparknorm.config;

/** Gives the first line of the message of a failure. The lines after it are details, often of other software. */
public final class FirstLine {
    private FirstLine() {}

    /** Returns the first line of the message, or the class of the failure if it has no message. */
    public static String of(Throwable failure) {
        return of(failure.getMessage() == null ? failure.toString() : failure.getMessage());
    }

    public static String of(String message) {
        return message.lines().findFirst().orElse("");
    }
}
