package org.sparknorm.train;

import java.io.Serializable;

/**
 * How a replica computes its steps: which examples it takes, in which order, and with which loss. All replicas of a run
 * have the same settings; the network and what its examples look like are in a {@code NetworkSpec}.
 *
 * @param newOrderEachEpoch whether each slice permutes its own examples every epoch
 */
public record ReplicaSettings(BatchPlan plan, long seed, boolean newOrderEachEpoch, double labelSmoothing)
        implements Serializable {}
