package org.sparknorm.config;

import java.io.Serializable;

/** A whole number, or {@code auto}: 0 here, for such numbers count things and start at 1. */
public record AutoInteger(int value) implements Serializable {
    public static final AutoInteger AUTO = new AutoInteger(0);

    public boolean isAuto() {
        return value == 0;
    }

    /** The number, or the other one if this is auto. */
    public int or(int other) {
        return isAuto() ? other : value;
    }

    @Override
    public String toString() {
        return isAuto() ? "auto" : Integer.toString(value);
    }
}
