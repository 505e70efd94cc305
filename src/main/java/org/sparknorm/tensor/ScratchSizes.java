package org.sparknorm.tensor;

import java.util.ArrayList;
import java.util.List;

/** Computes which arrays a {@link Scratch} holds after the same requests, without allocating them. */
public final class ScratchSizes {
    private final List<Long> free = new ArrayList<>();

    /** Takes arrays of these lengths, all at once, and gives them back. */
    public void use(long... lengths) {
        List<Long> taken = new ArrayList<>();
        for (long length : lengths) {
            int best = Scratch.best(free.size(), free::get, length);
            taken.add(best < 0 ? length : free.remove(best));
        }
        free.addAll(taken);
    }

    /** Returns the lengths of all arrays. */
    public List<Long> lengths() {
        return List.copyOf(free);
    }
}
