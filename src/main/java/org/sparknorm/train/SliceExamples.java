package org.sparknorm.train;

/** The examples of one slice, by their position in the order of the deal. */
public interface SliceExamples {
    int count();

    int label(int position);

    /** Writes the values the network sees, {@code [H, W, C]}, from the index of the target on. */
    void read(int position, float[] target, int at);
}
