package org.sparknorm.train;

import java.io.Serializable;

/**
 * What all replicas of a run have in common.
 *
 * @param newOrderEachEpoch whether each slice permutes its own examples every epoch
 */
public record ReplicaSettings(BatchPlan plan, long seed, boolean newOrderEachEpoch, double labelSmoothing)
        implements Serializable {}
