package org.sparknorm.train;

import java.io.Serializable;

/**
 * Which places of the epoch's order belong to which step and slice. The example at place k is in batch k / B and, with
 * j = k mod B, in slice ⌊j·S/B⌋. Every batch has B examples but the last of an epoch, in which late slices may have
 * none; {@code dropLast} leaves that one out. Steps count from 1 over all epochs, epochs and batches from 0.
 *
 * @param examples N
 * @param batchSize B
 * @param slices S
 */
public record BatchPlan(long examples, int batchSize, int slices, boolean dropLast) implements Serializable {

    public long stepsPerEpoch() {
        return dropLast ? examples / batchSize : (examples + batchSize - 1) / batchSize;
    }

    public long epoch(long step) {
        return (step - 1) / stepsPerEpoch();
    }

    /** The batch of its epoch that a step computes. */
    public long batch(long step) {
        return (step - 1) % stepsPerEpoch();
    }

    /** How many examples the step's batch has, over all slices. */
    public int batchExamples(long step) {
        return (int) Math.min(batchSize, examples - batch(step) * batchSize);
    }

    /** How many examples the slice has in a batch of that many. */
    public int share(int slice, int batchExamples) {
        return Math.min(batchExamples, firstOf(slice + 1)) - Math.min(batchExamples, firstOf(slice));
    }

    /** Examples of the largest slice of a full batch. */
    public int largestShare() {
        return (batchSize + slices - 1) / slices;
    }

    /** Where in its own examples the slice's share of the step's batch begins. */
    public int shareStart(int slice, long step) {
        return Math.toIntExact(batch(step) * share(slice, batchSize));
    }

    /** How many examples of the whole data belong to the slice. */
    public int sliceExamples(int slice) {
        long full = examples / batchSize;
        int last = (int) (examples % batchSize);
        return Math.toIntExact(full * share(slice, batchSize) + share(slice, last));
    }

    /** The slice that has the example at a place. */
    public int slice(long place) {
        return (int) (place % batchSize * slices / batchSize);
    }

    /** Where among the slice's own examples the example at a place stands. */
    public int position(long place) {
        int slice = slice(place);
        int inBatch = (int) (place % batchSize);
        return Math.toIntExact(place / batchSize * share(slice, batchSize) + inBatch - firstOf(slice));
    }

    /** ⌈slice·B/S⌉: the first place in a batch that belongs to the slice. */
    private int firstOf(int slice) {
        return (int) (((long) slice * batchSize + slices - 1) / slices);
    }
}
