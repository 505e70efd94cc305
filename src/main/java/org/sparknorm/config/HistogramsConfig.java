package org.sparknorm.config;

import java.io.Serializable;

/**
 * Section {@code record-histograms}.
 *
 * @param layer layer whose outputs are recorded in addition to all weights, if it is set
 * @param every number of steps between two records; 0 for never
 */
public record HistogramsConfig(Setting<String> layer, long every) implements Serializable {
    /** Whether anything is recorded. */
    public boolean isOn() {
        return every > 0;
    }
}
