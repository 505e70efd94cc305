package org.sparknorm.spark;

/** Reports that Spark is shutting down, by a signal or because its master is gone: no step can be repeated. */
public final class SparkStoppedException extends RuntimeException {
    SparkStoppedException(long step, Exception cause) {
        super("Spark was stopped during step " + step, cause);
    }
}
