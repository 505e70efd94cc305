package org.sparknorm.config;

import java.io.Serializable;

/** A number that something must not exceed, or {@code none}: infinite here. */
public record Limit(double value) implements Serializable {
    public static final Limit NONE = new Limit(Double.POSITIVE_INFINITY);

    public boolean isNone() {
        return Double.isInfinite(value);
    }

    @Override
    public String toString() {
        return isNone() ? "none" : Double.toString(value);
    }
}
