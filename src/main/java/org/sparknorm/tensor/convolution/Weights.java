package org.sparknorm.tensor.convolution;

/** A view of weights or of their gradients: those of the whole network, and where the ones that are meant begin. */
public record Weights(float[] data, int offset) {}
