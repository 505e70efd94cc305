package org.sparknorm.train;

import java.io.Serializable;

/**
 * A channel of a layer's output.
 *
 * @param layer prefix of its parameters' names
 */
public record ChannelId(String layer, int channel) implements Serializable {}
