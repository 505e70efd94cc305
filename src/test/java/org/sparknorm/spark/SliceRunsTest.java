package org.sparknorm.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparknorm.sync.ArrayKind;
import org.sparknorm.sync.TreeSum;

/** Partitions host runs of slices that leave few nodes to sum. */
class SliceRunsTest {
    @Test
    void everySliceHasOnePartitionAndRunsAreEven() {
        for (int slices = 1; slices <= 40; slices++) {
            for (int partitions = 1; partitions <= slices; partitions++) {
                SliceRuns runs = new SliceRuns(slices, partitions);
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
        SliceRuns runs = new SliceRuns(slices, partitions);
        int groups = SliceRuns.groups(partitions);
        int reaching = 0;
        for (int group = 0; group < groups; group++) {
            TreeSum<float[]> sum = new TreeSum<>(ArrayKind.FLOATS, slices);
            for (int partition = group; partition < partitions; partition += groups) {
                for (int slice = runs.first(partition);
                        slice < runs.first(partition) + runs.count(partition);
                        slice++) {
                    sum.add(slice, new float[1]);
                }
            }
            reaching += sum.nodeCount();
        }
        assertThat(reaching).isEqualTo(nodes);
    }

    @Test
    void runBoundariesArePowersOfTwoWhereThatCostsNothing() {
        SliceRuns runs = new SliceRuns(16, 3);
        assertThat(runs.first(0) % 2 + runs.first(1) % 2 + runs.first(2) % 2).isZero();
    }
}
