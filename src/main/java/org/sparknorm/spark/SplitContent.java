package org.sparknorm.spark;

import org.sparknorm.spark.source.DataSource;
import org.sparknorm.train.ReplicaSettings;

/**
 * What the examples of a split are, and for which network they are dealt.
 *
 * @param blasName the BLAS that all participants use
 * @param weightBytes size of the model as float32, which is that of one gradient
 */
public record SplitContent(
        DataSource source, NetworkSpec network, ReplicaSettings settings, String blasName, long weightBytes) {}
