package org.sparknorm.nn;

import org.sparknorm.sync.AllReduce;

/** One trip through the network: training or inference, and the slices it shares statistics with. */
public record Pass(boolean training, AllReduce allReduce) {
    /** A trip that shares nothing: normalization uses its running statistics. */
    public static final Pass INFERENCE = new Pass(false, null);
}
