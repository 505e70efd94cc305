package org.sparknorm.config;

import java.io.Serializable;

/** A whole number from 1 on, or {@code auto}, which is stored as 0. */
public record AutoInteger(int value) implements Serializable {
    public static final AutoInteger AUTO = new AutoInteger(0);

    public boolean isAuto() {
        return value == 0;
    }

    /** Returns the number, or {@code other} for {@code auto}. */
    public int or(int other) {
        return isAuto() ? other : value;
    }

    @Override
    public String toString() {
        return isAuto() ? "auto" : Integer.toString(value);
    }
}
