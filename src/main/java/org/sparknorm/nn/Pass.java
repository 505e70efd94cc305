package org.sparknorm.nn;

import org.sparknorm.sync.AllReduce;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Scratch;

/**
 * One trip through the network: training or inference, its random numbers, the slices it shares statistics with, and space
 * for what is needed on the way.
 *
 * @param random a function of (seed, step, slice); null in inference
 */
public record Pass(boolean training, RandomSource random, AllReduce allReduce, Scratch scratch) {
    public static Pass training(RandomSource random, AllReduce allReduce, Scratch scratch) {
        return new Pass(true, random, allReduce, scratch);
    }

    /** A trip that draws and shares nothing: normalization uses its running statistics. */
    public static Pass inference(Scratch scratch) {
        return new Pass(false, null, null, scratch);
    }
}
