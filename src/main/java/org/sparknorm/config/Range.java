package org.sparknorm.config;

import java.io.Serializable;

/** Two numbers, {@code [low, high]}, between which another is drawn. */
public record Range(double low, double high) implements Serializable {
    @Override
    public String toString() {
        return "[" + low + ", " + high + "]";
    }
}
