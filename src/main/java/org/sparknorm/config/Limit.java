package org.sparknorm.config;

import java.io.Serializable;

/** A number that limits something, or {@code none}, which is stored as infinity. */
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
