package org.sparknorm.spark.shim;

/** Throws checked exceptions through interfaces that declare none: Spark tells kinds of failure by their class. */
public final class Unchecked {
    private Unchecked() {}

    /** Throws the exception as it is; the return type lets callers write {@code throw sneak(e)}. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the cast is erased, which is the point
    public static <E extends Throwable> RuntimeException sneak(Throwable exception) throws E {
        throw (E) exception;
    }
}
