package org.sparknorm.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;

/**
 * Lends arrays that are needed for a while within a step, for gradients by activations and for tiles. What is given
 * back serves the next request of about its size, so a steady step allocates nothing, and all layers of a replica share
 * the space that one needs at a time. For one thread.
 */
public final class Scratch {
    /** An array this many times longer than needed is left for others. */
    private static final int LARGEST_WASTE = 2;

    private final List<float[]> free = new ArrayList<>();

    /** An array of at least that length; its values are undefined. */
    public float[] take(int length) {
        int best = best(free.size(), i -> free.get(i).length, length);
        return best < 0 ? new float[length] : free.remove(best);
    }

    /** Which of the free arrays serves a request of that length; -1 if none does. */
    static int best(int free, IntToLongFunction lengths, long length) {
        int best = -1;
        long bestLength = 0;
        for (int i = 0; i < free; i++) {
            long candidate = lengths.applyAsLong(i);
            boolean fits = candidate >= length && candidate <= LARGEST_WASTE * length;
            if (fits && (best < 0 || candidate < bestLength)) {
                best = i;
                bestLength = candidate;
            }
        }
        return best;
    }

    /** A tensor in such an array. */
    public Tensor take(Shape shape) {
        return new Tensor(take(shape.size()), shape);
    }

    /** Returns how many arrays are unused. */
    public int size() {
        return free.size();
    }

    /** Takes back an array that is no longer used. */
    public void give(float[] array) {
        free.add(array);
    }

    /** Takes back the array of a tensor that is no longer used. */
    public void give(Tensor tensor) {
        give(tensor.data());
    }
}
