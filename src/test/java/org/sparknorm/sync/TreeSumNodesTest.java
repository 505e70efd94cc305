package org.sparknorm.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A sum of neighbouring slices holds the fewest nodes. */
@Tag("unit")
class TreeSumNodesTest {
    @ParameterizedTest
    @CsvSource({
        // Neighbours of eight slices: whole subtrees, and what sticks out of them.
        "8, 0, 8, 1",
        "8, 0, 4, 1",
        "8, 4, 8, 1",
        "8, 0, 1, 1",
        "8, 0, 3, 2",
        "8, 1, 4, 2",
        "8, 1, 7, 4",
        "8, 1, 8, 3",
        // A last node without sibling stands for its whole subtree.
        "5, 4, 5, 1",
        "5, 0, 4, 1",
        "1000, 512, 1000, 1",
        "1000, 0, 500, 6",
        "1000, 0, 1000, 1"
    })
    void neighboursHoldTheFewestNodes(int slices, int from, int to, int nodes) {
        assertThat(SliceArrays.neighbours(from, to, slices).nodeCount()).isEqualTo(nodes);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 13})
    void allNeighboursHoldTheNodesThatCoverIt(int slices) {
        for (int from = 0; from < slices; from++) {
            for (int to = from + 1; to <= slices; to++) {
                assertThat(SliceArrays.neighbours(from, to, slices).nodeCount())
                        .as("slices %d to %d of %d", from, to - 1, slices)
                        .isEqualTo(coveringNodes(SliceArrays.level(slices), 0, slices, from, to));
            }
        }
    }

    private static int coveringNodes(int level, int index, int slices, int from, int to) {
        int first = index << level;
        int end = Math.min(slices, (index + 1) << level);
        if (first >= end || to <= first || from >= end) {
            return 0;
        }
        if (from <= first && end <= to) {
            return 1;
        }
        return coveringNodes(level - 1, 2 * index, slices, from, to)
                + coveringNodes(level - 1, 2 * index + 1, slices, from, to);
    }
}
