package org.sparknorm.run;

/** The exit codes of commands. A run that a signal ends has an exit code of the JVM, 130 or 143. */
public final class ExitCode {
    public static final int SUCCESS = 0;
    public static final int FAILED = 1;
    /** The configuration, the command line or the input cannot be used; nothing was written. */
    public static final int REFUSED = 2;
    /** The loss or a gradient is no longer finite. */
    public static final int DIVERGED = 3;

    private ExitCode() {}
}
