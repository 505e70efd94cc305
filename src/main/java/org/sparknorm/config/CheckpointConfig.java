package org.sparknorm.config;

import java.io.Serializable;

/**
 * Section {@code checkpoint}.
 *
 * @param every steps between checkpoints
 * @param keep how many of the newest are kept, beside the best
 */
public record CheckpointConfig(long every, int keep) implements Serializable {}
