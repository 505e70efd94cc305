package org.sparknorm.spark;

import java.io.Serializable;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.sync.TreeSum;

/**
 * Which slices each partition hosts: one run of neighbouring slices per partition. It matters for speed only.
 *
 * <p>Run boundaries are multiples of the largest power of two that makes no run longer than need be, so that the nodes
 * of {@link TreeSum} within a run join. {@code treeAggregate} puts partitions p with equal p mod n together, n being
 * the number of groups of its first level; runs are numbered by group, so that those partitions host neighbouring
 * slices and their nodes join, too.
 *
 * @param slices S
 * @param partitions P, at most S
 * @param depth of {@code treeAggregate}: 1 sends all gradients to the driver, 2 has groups of partitions sum theirs
 *     first
 */
public record SliceAssignment(int slices, int partitions, int depth) implements Serializable {
    /**
     * The summing of groups is a stage of its own, which takes some 15 ms on a cluster; the driver takes in about a
     * gigabyte per second.
     */
    private static final long WORTH_A_STAGE_BYTES = 16L << 20;

    /** Chooses groups where they spare the driver more time than they take. */
    static SliceAssignment of(int slices, int partitions, long gradientBytes) {
        SliceAssignment grouped = new SliceAssignment(slices, partitions, 2);
        long spared = (partitions - groups(partitions, 2)) * gradientBytes;
        return spared > WORTH_A_STAGE_BYTES ? grouped : new SliceAssignment(slices, partitions, 1);
    }

    /** Returns how many gradients, as nodes of {@link TreeSum}, reach the driver in a step. */
    int nodesAtDriver() {
        int groups = groups(partitions, depth);
        int nodes = 0;
        for (int group = 0; group < groups; group++) {
            TreeSum<float[]> sum = new TreeSum<>(ArrayKind.FLOATS, slices);
            for (int partition = group; partition < partitions; partition += groups) {
                int first = first(partition);
                for (int slice = first; slice < first + count(partition); slice++) {
                    sum.add(slice, new float[0]);
                }
            }
            nodes += sum.nodeCount();
        }
        return nodes;
    }

    /** Returns the number of the first slice of a partition. */
    int first(int partition) {
        return boundary(run(partition));
    }

    /** Returns how many slices a partition hosts. */
    int count(int partition) {
        return boundary(run(partition) + 1) - boundary(run(partition));
    }

    int partitionOf(int slice) {
        for (int partition = 0; partition < partitions; partition++) {
            int first = first(partition);
            if (slice >= first && slice < first + count(partition)) {
                return partition;
            }
        }
        throw new IllegalArgumentException("slice " + slice + " of " + slices);
    }

    /** ρ(p): partitions of one group have neighbouring numbers. */
    private int run(int partition) {
        int groups = groups(partitions, depth);
        int group = partition % groups;
        int before = group * (partitions / groups) + Math.min(group, partitions % groups);
        return before + partition / groups;
    }

    private int boundary(int run) {
        int block = block();
        int blocks = (slices + block - 1) / block;
        return (int) Math.min(slices, (long) run * blocks / partitions * block);
    }

    /** The largest power of two such that runs of whole blocks are no longer than ⌈S/P⌉. */
    private int block() {
        int longest = ceiling(slices, partitions);
        int block = 1;
        while (true) {
            int next = 2 * block;
            int blocks = ceiling(slices, next);
            if (blocks < partitions || ceiling(blocks, partitions) * next > longest) {
                return block;
            }
            block = next;
        }
    }

    /** Returns how many groups the first level of {@code treeAggregate} makes of that many partitions (Spark 4.1). */
    static int groups(int partitions, int depth) {
        int scale = Math.max((int) Math.ceil(Math.pow(partitions, 1.0 / depth)), 2);
        int groups = partitions;
        while (groups > scale + Math.ceil((double) groups / scale)) {
            groups /= scale;
        }
        return groups;
    }

    private static int ceiling(int dividend, int divisor) {
        return (dividend + divisor - 1) / divisor;
    }
}
