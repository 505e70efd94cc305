package org.sparknorm.tensor.convolution;

/** Receives the output values of a convolution once they are complete, while they are in cache. */
@FunctionalInterface
public interface OutputListener {
    OutputListener NONE = (y, from, to) -> {};

    void completed(float[] y, int from, int to);
}
