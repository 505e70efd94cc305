package org.sparknorm.config;

/** The first line of the message of a failure: what follows is detail, often of other software. */
public final class FirstLine {
    private FirstLine() {}

    /** Returns the class of the failure and no more where it has no message. */
    public static String of(Throwable failure) {
        return of(failure.getMessage() == null ? failure.toString() : failure.getMessage());
    }

    public static String of(String message) {
        return message.lines().findFirst().orElse("");
    }
}
