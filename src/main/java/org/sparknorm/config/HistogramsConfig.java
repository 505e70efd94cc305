package org.sparknorm.config;

import java.io.Serializable;

/**
 * Section {@code record-histograms}.
 *
 * @param layer whose outputs are taken down beside all weights, if any
 * @param every steps; 0 for never
 */
public record HistogramsConfig(Setting<String> layer, long every) implements Serializable {
    /** Whether anything is taken down. */
    public boolean isOn() {
        return every > 0;
    }
}
