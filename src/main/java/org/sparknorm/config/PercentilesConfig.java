package org.sparknorm.config;

import java.io.Serializable;

/** Section {@code record-percentiles}: which unit's distribution is taken down, and every how many steps. */
public record PercentilesConfig(Setting<String> layer, Setting<Long> unit, long every) implements Serializable {
    /** Whether anything is taken down. */
    public boolean isOn() {
        return layer.value() != null;
    }
}
