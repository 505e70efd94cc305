package org.sparknorm.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Arrays that are needed for a while within a step: gradients by activations, tiles. What is given back serves the next
 * request of about its size, so a steady step allocates nothing, and all layers of a replica share the space that one
 * needs at a time. For one thread.
 */
public final class Scratch {
    /** An array this many times longer than needed is left for others. */
    private static final int LARGEST_WASTE = 2;

    private final List<float[]> free = new ArrayList<>();

    /** An array of at least that length; its values are undefined. */
    public float[] take(int length) {
        int best = -1;
        for (int i = 0; i < free.size(); i++) {
            int candidate = free.get(i).length;
            boolean fits = candidate >= length && candidate <= (long) LARGEST_WASTE * length;
            if (fits && (best < 0 || candidate < free.get(best).length)) {
                best = i;
            }
        }
        return best < 0 ? new float[length] : free.remove(best);
    }

    /** A tensor in such an array. */
    public Tensor take(Shape shape) {
        return new Tensor(take(shape.size()), shape);
    }

    /** How many arrays lie here unused. */
    int size() {
        return free.size();
    }

    /** Nobody uses the array any more. */
    public void give(float[] array) {
        free.add(array);
    }

    /** Nobody uses the tensor's array any more. */
    public void give(Tensor tensor) {
        give(tensor.data());
    }
}
