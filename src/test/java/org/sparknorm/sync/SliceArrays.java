package org.sparknorm.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Arrays of slices whose sum shows the order in which they are added, and that sum by the definition of the tree. */
final class SliceArrays {
    static final long SEED = 20_260_101;
    static final int LENGTH = 4;

    private SliceArrays() {}

    /** The level of the root: the first that has one node. */
    static int level(int slices) {
        int level = 0;
        while (1 << level < slices) {
            level++;
        }
        return level;
    }

    static float[] treeOfFloats(int slices) {
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

    static double[] treeOfDoubles(int slices) {
        return treeOfDoubles(level(slices), 0, slices);
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

    /** Numbers of many magnitudes and both signs: each order of adding them rounds in its own way. */
    static double[] doubles(int slice) {
        Random random = new Random(SEED + slice);
        double[] values = new double[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            values[i] = random.nextGaussian() * Math.scalb(1.0, random.nextInt(20));
        }
        return values;
    }

    static float[] floats(int slice) {
        double[] values = doubles(slice);
        float[] floats = new float[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    static TreeSum<float[]> neighbours(int from, int to, int slices) {
        TreeSum<float[]> sum = new TreeSum<>(ArrayKind.FLOATS, slices);
        for (int slice = from; slice < to; slice++) {
            sum.add(slice, floats(slice));
        }
        return sum;
    }

    static <A> List<TreeSum<A>> singles(ArrayKind<A> kind, int slices, List<Integer> order) {
        List<TreeSum<A>> singles = new ArrayList<>();
        for (int slice : order) {
            byte[] values = kind == ArrayKind.FLOATS
                    ? ArrayKind.FLOATS.toBytes(floats(slice))
                    : ArrayKind.DOUBLES.toBytes(doubles(slice));
            singles.add(new TreeSum<>(kind, slices).add(slice, kind.fromBytes(values)));
        }
        return singles;
    }
}
