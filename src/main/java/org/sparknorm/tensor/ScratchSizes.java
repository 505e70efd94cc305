package org.sparknorm.tensor;

import java.util.ArrayList;
import java.util.List;

/** What a {@link Scratch} comes to hold after the same requests, without the arrays. */
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

    /** Lengths of all arrays. */
    public List<Long> lengths() {
        return List.copyOf(free);
    }
}
