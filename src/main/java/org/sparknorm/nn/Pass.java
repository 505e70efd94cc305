package org.sparknorm.nn;

import org.sparknorm.sync.AllReduce;
import org.sparknorm.tensor.Scratch;

/**
 * One trip through the network: training or inference, the slices it shares statistics with, and space for what is
 * needed on the way.
 */
public record Pass(boolean training, AllReduce allReduce, Scratch scratch) {
    public static Pass training(AllReduce allReduce, Scratch scratch) {
        return new Pass(true, allReduce, scratch);
    }

    /** A trip that shares nothing: normalization uses its running statistics. */
    public static Pass inference(Scratch scratch) {
        return new Pass(false, null, scratch);
    }
}
