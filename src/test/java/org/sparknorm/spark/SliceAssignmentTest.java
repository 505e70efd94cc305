package org.sparknorm.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Partitions host runs of slices that leave few nodes to sum. */
@Tag("unit")
class SliceAssignmentTest {
    @Test
    void everySliceHasOnePartitionAndRunsAreEven() {
        for (int slices = 1; slices <= 40; slices++) {
            for (int partitions = 1; partitions <= slices; partitions++) {
                SliceAssignment runs = new SliceAssignment(slices, partitions, 2);
                BitSet hosted = new BitSet();
                for (int partition = 0; partition < partitions; partition++) {
                    int first = runs.first(partition);
                    int count = runs.count(partition);
                    assertThat(count)
                            .as("%s, partition %d", runs, partition)
                            .isBetween(1, (slices + partitions - 1) / partitions);
                    assertThat(hosted.get(first, first + count).isEmpty()).isTrue();
                    hosted.set(first, first + count);
                    assertThat(runs.partitionOf(first)).isEqualTo(partition);
                }
                assertThat(hosted.cardinality()).isEqualTo(slices);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"8, 8, 2", "16, 16, 4", "64, 64, 8", "1000, 100, 45"})
    void groupsOfTreeAggregateHostNeighbours(int slices, int partitions, int nodes) {
        assertThat(new SliceAssignment(slices, partitions, 2).nodesAtDriver()).isEqualTo(nodes);
    }

    /** 0.36 MB is the paper's network for MNIST, 45 MB is BN-Inception. */
    @ParameterizedTest
    @CsvSource({"8, 360000, 1", "64, 360000, 2", "2, 45000000, 1", "5, 45000000, 1", "6, 45000000, 2"})
    void groupsAreMadeWhereTheySpareTheDriverMuch(int partitions, long gradientBytes, int depth) {
        assertThat(SliceAssignment.of(partitions, partitions, gradientBytes).depth())
                .isEqualTo(depth);
    }

    @Test
    void runBoundariesArePowersOfTwoWhereThatCostsNothing() {
        SliceAssignment runs = new SliceAssignment(16, 3, 1);
        assertThat(runs.first(0) % 2 + runs.first(1) % 2 + runs.first(2) % 2).isZero();
    }
}
