package org.sparknorm.config;

import java.io.Serializable;

/**
 * Section {@code record-percentiles}: the unit whose outputs are recorded, and the number of steps between two records.
 */
public record PercentilesConfig(Setting<String> layer, Setting<Long> unit, long every) implements Serializable {
    /** Whether anything is recorded. */
    public boolean isOn() {
        return layer.value() != null;
    }
}
