package org.sparknorm.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the order and the grouping, the bits of a sum are those of the one tree. */
@Tag("unit")
class TreeSumTest {
    private static final int ROUNDS = 20;

    @Test
    void everyOrderOfSixSlicesInAnyGroupingGivesTheBitsOfTheTree() {
        int slices = 6;
        Random random = new Random(SliceArrays.SEED);
        float[] expected = SliceArrays.treeOfFloats(slices);
        for (List<Integer> order : permutations(List.of(0, 1, 2, 3, 4, 5))) {
            List<TreeSum<float[]>> parts = SliceArrays.singles(ArrayKind.FLOATS, slices, order);
            TreeSum<float[]> sum = mergeNeighbours(parts, random);
            assertThat(sum.root())
                    .as("seed %d, order %s", SliceArrays.SEED, order)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 8, 13, 100, 1000})
    void anyOrderAndGroupingOfFloatsGivesTheBitsOfTheTree(int slices) {
        Random random = new Random(SliceArrays.SEED);
        float[] expected = SliceArrays.treeOfFloats(slices);
        for (int round = 0; round < ROUNDS; round++) {
            List<TreeSum<float[]>> parts = SliceArrays.singles(ArrayKind.FLOATS, slices, shuffled(slices, random));
            TreeSum<float[]> sum = mergeNeighbours(parts, random);
            assertThat(sum.root())
                    .as("seed %d, round %d", SliceArrays.SEED, round)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 8, 13, 100, 1000})
    void anyOrderAndGroupingOfDoublesGivesTheBitsOfTheTree(int slices) {
        Random random = new Random(SliceArrays.SEED);
        double[] expected = SliceArrays.treeOfDoubles(slices);
        for (int round = 0; round < ROUNDS; round++) {
            List<TreeSum<double[]>> parts = SliceArrays.singles(ArrayKind.DOUBLES, slices, shuffled(slices, random));
            TreeSum<double[]> sum = mergeNeighbours(parts, random);
            assertThat(sum.root())
                    .as("seed %d, round %d", SliceArrays.SEED, round)
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 8, 13, 100, 1000})
    void slicesAddedOneByOneInAnyOrderGiveTheBitsOfTheTree(int slices) {
        Random random = new Random(SliceArrays.SEED);
        TreeSum<float[]> sum = new TreeSum<>(ArrayKind.FLOATS, slices);
        for (int slice : shuffled(slices, random)) {
            sum.add(slice, SliceArrays.floats(slice));
        }
        assertThat(sum.root()).as("seed %d", SliceArrays.SEED).isEqualTo(SliceArrays.treeOfFloats(slices));
    }

    /** Guards the tests above: with numbers that add up exactly they could not fail. */
    @Test
    void theNumbersOfTheseTestsShowAnotherOrder() {
        float[] inOrder = SliceArrays.floats(0);
        for (int slice = 1; slice < 100; slice++) {
            ArrayKind.FLOATS.addInto(inOrder, SliceArrays.floats(slice));
        }
        assertThat(inOrder).isNotEqualTo(SliceArrays.treeOfFloats(100));
    }

    @Test
    void theEmptySumIsNeutral() {
        TreeSum<float[]> left = new TreeSum<>(ArrayKind.FLOATS, 3);
        left.merge(SliceArrays.neighbours(0, 3, 3)).merge(new TreeSum<>(ArrayKind.FLOATS, 3));
        assertThat(left.root()).isEqualTo(SliceArrays.treeOfFloats(3));
    }

    @Test
    void theEmptySumLacksEverySlice() {
        TreeSum<float[]> empty = new TreeSum<>(ArrayKind.FLOATS, 3);
        assertThat(empty.isComplete()).isFalse();
        assertThat(empty.nodeCount()).isZero();
        assertThat(empty.missing()).containsExactly(0, 1, 2);
    }

    /** Joins two neighbours, either into the other, until one is left: a random binary tree over the order given. */
    private static <A> TreeSum<A> mergeNeighbours(List<TreeSum<A>> order, Random random) {
        List<TreeSum<A>> parts = new ArrayList<>(order);
        while (parts.size() > 1) {
            int left = random.nextInt(parts.size() - 1);
            TreeSum<A> one = parts.get(left);
            TreeSum<A> other = parts.remove(left + 1);
            parts.set(left, random.nextBoolean() ? one.merge(other) : other.merge(one));
        }
        return parts.get(0);
    }

    private static List<Integer> shuffled(int slices, Random random) {
        List<Integer> order = new ArrayList<>();
        for (int slice = 0; slice < slices; slice++) {
            order.add(slice);
        }
        Collections.shuffle(order, random);
        return order;
    }

    private static List<List<Integer>> permutations(List<Integer> elements) {
        if (elements.isEmpty()) {
            return List.of(List.of());
        }
        List<List<Integer>> permutations = new ArrayList<>();
        for (Integer first : elements) {
            List<Integer> others = new ArrayList<>(elements);
            others.remove(first);
            for (List<Integer> rest : permutations(others)) {
                List<Integer> permutation = new ArrayList<>(List.of(first));
                permutation.addAll(rest);
                permutations.add(permutation);
            }
        }
        return permutations;
    }
}
