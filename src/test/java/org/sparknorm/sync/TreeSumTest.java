package org.sparknorm.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The algebra of sums: whatever the order and the grouping, the bits are those of the one tree. */
@Tag("unit")
class TreeSumTest {
    private static final long SEED = 20_260_101;
    private static final int LENGTH = 4;
    private static final int ROUNDS = 20;

    @Test
    void everyOrderOfSixSlicesInAnyGroupingGivesTheBitsOfTheTree() {
        int slices = 6;
        Random random = new Random(SEED);
        float[] expected = treeOfFloats(slices);
        for (List<Integer> order : permutations(List.of(0, 1, 2, 3, 4, 5))) {
            List<TreeSum<float[]>> parts = singles(ArrayKind.FLOATS, slices, order);
            TreeSum<float[]> sum = mergeNeighbours(parts, random);
            assertThat(sum.root()).as("seed %d, order %s", SEED, order).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 8, 13, 100, 1000})
    void anyOrderAndGroupingOfFloatsGivesTheBitsOfTheTree(int slices) {
        Random random = new Random(SEED);
        float[] expected = treeOfFloats(slices);
        for (int round = 0; round < ROUNDS; round++) {
            List<TreeSum<float[]>> parts = singles(ArrayKind.FLOATS, slices, shuffled(slices, random));
            TreeSum<float[]> sum = mergeNeighbours(parts, random);
            assertThat(sum.root()).as("seed %d, round %d", SEED, round).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 8, 13, 100, 1000})
    void anyOrderAndGroupingOfDoublesGivesTheBitsOfTheTree(int slices) {
        Random random = new Random(SEED);
        double[] expected = treeOfDoubles(level(slices), 0, slices);
        for (int round = 0; round < ROUNDS; round++) {
            List<TreeSum<double[]>> parts = singles(ArrayKind.DOUBLES, slices, shuffled(slices, random));
            TreeSum<double[]> sum = mergeNeighbours(parts, random);
            assertThat(sum.root()).as("seed %d, round %d", SEED, round).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 8, 13, 100, 1000})
    void slicesAddedOneByOneInAnyOrderGiveTheBitsOfTheTree(int slices) {
        Random random = new Random(SEED);
        TreeSum<float[]> sum = new TreeSum<>(ArrayKind.FLOATS, slices);
        for (int slice : shuffled(slices, random)) {
            sum.add(slice, floats(slice));
        }
        assertThat(sum.root()).as("seed %d", SEED).isEqualTo(treeOfFloats(slices));
    }

    /** Guards the tests above: with numbers that add up exactly they could not fail. */
    @Test
    void theNumbersOfTheseTestsShowAnotherOrder() {
        float[] inOrder = floats(0);
        for (int slice = 1; slice < 100; slice++) {
            ArrayKind.FLOATS.addInto(inOrder, floats(slice));
        }
        assertThat(inOrder).isNotEqualTo(treeOfFloats(100));
    }

    @Test
    void theEmptySumIsNeutral() {
        TreeSum<float[]> left = new TreeSum<>(ArrayKind.FLOATS, 3);
        left.merge(run(0, 3, 3)).merge(new TreeSum<>(ArrayKind.FLOATS, 3));
        assertThat(left.root()).isEqualTo(treeOfFloats(3));
    }

    @Test
    void theEmptySumLacksEverySlice() {
        TreeSum<float[]> empty = new TreeSum<>(ArrayKind.FLOATS, 3);
        assertThat(empty.isComplete()).isFalse();
        assertThat(empty.nodeCount()).isZero();
        assertThat(empty.missing()).containsExactly(0, 1, 2);
    }

    @Test
    void aSliceAddedTwiceIsAnErrorThatNamesIt() {
        TreeSum<float[]> sum = run(0, 4, 8);
        assertThatThrownBy(() -> sum.add(3, floats(3)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("slices [3] give twice");
    }

    @Test
    void slicesInBothSumsAreAnErrorThatNamesThem() {
        TreeSum<float[]> left = run(0, 5, 8);
        TreeSum<float[]> right = run(3, 8, 8);
        assertThatThrownBy(() -> left.merge(right))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("slices [3, 4] give twice");
    }

    @Test
    void missingSlicesAreAnErrorThatNamesThem() {
        TreeSum<float[]> sum = run(1, 4, 6);
        assertThat(sum.missing()).containsExactly(0, 4, 5);
        assertThatThrownBy(sum::root)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("slices [0, 4, 5] are missing");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 6})
    void aSliceThatIsNoneIsAnError(int slice) {
        TreeSum<float[]> sum = new TreeSum<>(ArrayKind.FLOATS, 6);
        assertThatThrownBy(() -> sum.add(slice, floats(0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("slice " + slice + " is none of 0..5");
    }

    @Test
    void aSumOverNoSliceIsRefused() {
        assertThatThrownBy(() -> new TreeSum<>(ArrayKind.FLOATS, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sumsOverDifferentNumbersOfSlicesDoNotMerge() {
        TreeSum<float[]> left = run(0, 2, 4);
        TreeSum<float[]> right = run(2, 4, 5);
        assertThatThrownBy(() -> left.merge(right))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("4 and 5 slices");
    }

    @Test
    void arraysOfDifferentLengthsAreRefused() {
        TreeSum<double[]> doubles = new TreeSum<>(ArrayKind.DOUBLES, 2).add(0, new double[2]);
        assertThatThrownBy(() -> doubles.add(1, new double[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("different lengths: 2 and 3");
        TreeSum<float[]> floats = new TreeSum<>(ArrayKind.FLOATS, 2).add(1, new float[0]);
        assertThatThrownBy(() -> floats.add(0, new float[1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("different lengths: 1 and 0");
    }

    @Test
    void serializationKeepsTheBitsOfDoubles() throws Exception {
        List<TreeSum<double[]>> parts = singles(ArrayKind.DOUBLES, 5, List.of(3, 0, 4, 1, 2));
        TreeSum<double[]> sum = copy(parts.get(0));
        for (TreeSum<double[]> part : parts.subList(1, 5)) {
            sum = copy(sum.merge(copy(part)));
        }
        assertThat(sum.root()).isEqualTo(treeOfDoubles(level(5), 0, 5));
    }

    @Test
    void serializationKeepsTheBitsOfFloats() throws Exception {
        TreeSum<float[]> sum = copy(run(0, 3, 8)).merge(copy(run(3, 8, 8)));
        assertThat(sum.root()).isEqualTo(treeOfFloats(8));
    }

    @Test
    void serializationKeepsNumbersThatAreNone() throws Exception {
        double[] strange = {Double.NaN, Double.NEGATIVE_INFINITY, -0.0, Double.MIN_VALUE};
        TreeSum<double[]> sum = copy(new TreeSum<>(ArrayKind.DOUBLES, 1).add(0, strange.clone()));
        assertThat(sum.root()).isEqualTo(strange);
    }

    @Test
    void serializationKeepsWhichSlicesHaveGiven() throws Exception {
        TreeSum<float[]> sum = copy(run(1, 4, 100));
        assertThat(sum.slices()).isEqualTo(100);
        assertThat(sum.missing()).hasSize(97).doesNotContain(1, 2, 3);
        assertThatThrownBy(() -> sum.add(2, floats(2))).hasMessageContaining("slices [2] give twice");
    }

    @Test
    void arraysCrossTheWireAsTheirBytesAndLittleMore() throws Exception {
        byte[] stream = bytes(new TreeSum<>(ArrayKind.FLOATS, 1).add(0, new float[10_000]));
        assertThat(stream.length).isBetween(40_000, 40_500);
    }

    @ParameterizedTest
    @CsvSource({
        // Runs of eight slices: whole subtrees, and what sticks out of them.
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
    void aContiguousRunHoldsTheFewestNodes(int slices, int from, int to, int nodes) {
        assertThat(run(from, to, slices).nodeCount()).isEqualTo(nodes);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 13})
    void everyContiguousRunHoldsTheNodesThatCoverIt(int slices) {
        for (int from = 0; from < slices; from++) {
            for (int to = from + 1; to <= slices; to++) {
                assertThat(run(from, to, slices).nodeCount())
                        .as("slices %d to %d of %d", from, to - 1, slices)
                        .isEqualTo(coveringNodes(level(slices), 0, slices, from, to));
            }
        }
    }

    /** The level of the root: the first that has one node. */
    private static int level(int slices) {
        int level = 0;
        while (1 << level < slices) {
            level++;
        }
        return level;
    }

    private static float[] treeOfFloats(int slices) {
        return treeOfFloats(level(slices), 0, slices);
    }

    /** Node i of level l + 1 is node 2i + node 2i + 1 of level l; without that sibling it is node 2i. */
    private static float[] treeOfFloats(int level, int index, int slices) {
        if (level == 0) {
            return floats(index);
        }
        float[] sum = treeOfFloats(level - 1, 2 * index, slices);
        if (exists(level - 1, 2 * index + 1, slices)) {
            float[] right = treeOfFloats(level - 1, 2 * index + 1, slices);
            for (int i = 0; i < LENGTH; i++) {
                sum[i] = sum[i] + right[i];
            }
        }
        return sum;
    }

    private static double[] treeOfDoubles(int level, int index, int slices) {
        if (level == 0) {
            return doubles(index);
        }
        double[] sum = treeOfDoubles(level - 1, 2 * index, slices);
        if (exists(level - 1, 2 * index + 1, slices)) {
            double[] right = treeOfDoubles(level - 1, 2 * index + 1, slices);
            for (int i = 0; i < LENGTH; i++) {
                sum[i] = sum[i] + right[i];
            }
        }
        return sum;
    }

    /** A node is there if the first slice below it is. */
    private static boolean exists(int level, int index, int slices) {
        return index << level < slices;
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

    /** Numbers of many magnitudes and both signs: each order of adding them rounds in its own way. */
    private static double[] doubles(int slice) {
        Random random = new Random(SEED + slice);
        double[] values = new double[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            values[i] = random.nextGaussian() * Math.scalb(1.0, random.nextInt(20));
        }
        return values;
    }

    private static float[] floats(int slice) {
        double[] values = doubles(slice);
        float[] floats = new float[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static TreeSum<float[]> run(int from, int to, int slices) {
        TreeSum<float[]> sum = new TreeSum<>(ArrayKind.FLOATS, slices);
        for (int slice = from; slice < to; slice++) {
            sum.add(slice, floats(slice));
        }
        return sum;
    }

    private static <A> List<TreeSum<A>> singles(ArrayKind<A> kind, int slices, List<Integer> order) {
        List<TreeSum<A>> singles = new ArrayList<>();
        for (int slice : order) {
            byte[] values = kind == ArrayKind.FLOATS
                    ? ArrayKind.FLOATS.toBytes(floats(slice))
                    : ArrayKind.DOUBLES.toBytes(doubles(slice));
            singles.add(new TreeSum<>(kind, slices).add(slice, kind.fromBytes(values)));
        }
        return singles;
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

    private static byte[] bytes(TreeSum<?> sum) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(sum);
        }
        return bytes.toByteArray();
    }

    @SuppressWarnings({"unchecked", "BanSerializableRead"}) // reads what the line before wrote
    private static <A> TreeSum<A> copy(TreeSum<A> sum) throws Exception {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes(sum)))) {
            return (TreeSum<A>) in.readObject();
        }
    }
}
