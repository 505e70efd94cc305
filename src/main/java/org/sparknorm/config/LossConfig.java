package org.sparknorm.config;

import java.io.Serializable;

/** Section {@code loss}. */
public record LossConfig(double labelSmoothing) implements Serializable {}
