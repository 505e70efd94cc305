package org.sparknorm.config;

import java.io.Serializable;
import java.util.List;

/** One number for all channels, one number per channel, or {@code none}, which is stored as an empty list. */
public record ChannelValues(List<Double> values) implements Serializable {
    public static final ChannelValues NONE = new ChannelValues(List.of());

    public ChannelValues {
        values = List.copyOf(values);
    }

    public boolean isNone() {
        return values.isEmpty();
    }

    /** Returns the value of a channel. */
    public double of(int channel) {
        return values.size() == 1 ? values.get(0) : values.get(channel);
    }

    @Override
    public String toString() {
        return isNone() ? "none" : values.toString();
    }
}
