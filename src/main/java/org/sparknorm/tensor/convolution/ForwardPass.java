package org.sparknorm.tensor.convolution;

/**
 * The arrays of a forward pass, y = x ∗ w + bias.
 *
 * @param count images in x
 * @param bias added to every pixel; null for none
 */
public record ForwardPass(float[] x, int count, Weights weights, Weights bias, float[] y, OutputListener listener) {}
