package org.sparknorm.nn;

import org.sparknorm.sync.AllReduce;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Scratch;

/**
 * One pass through the network: training or inference, its random numbers, the slices it shares statistics with, and
 * scratch space.
 *
 * @param random a function of (seed, step, slice); null in inference
 * @param probe records what a layer gives; null for none
 */
public record Pass(boolean training, RandomSource random, AllReduce allReduce, Scratch scratch, Probe probe) {
    public static Pass training(RandomSource random, AllReduce allReduce, Scratch scratch) {
        return new Pass(true, random, allReduce, scratch, null);
    }

    /** A pass that draws and shares nothing: norms use their running statistics. */
    public static Pass inference(Scratch scratch) {
        return inference(scratch, null);
    }

    /** @param probe null for none */
    public static Pass inference(Scratch scratch, Probe probe) {
        return new Pass(false, null, null, scratch, probe);
    }

    public Pass withoutProbe() {
        return new Pass(training, random, allReduce, scratch, null);
    }

    /** Whether a probe records what a layer gives. */
    public boolean probes(String layer) {
        return probe != null && probe.isAt(layer);
    }
}
