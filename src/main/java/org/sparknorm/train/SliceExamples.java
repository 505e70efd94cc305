package org.sparknorm.train;

/** The examples of one slice, by their position in the order of the deal. One thread at a time uses them. */
public interface SliceExamples {
    int count();

    /** -1 where it is not known. */
    int label(int position);

    /** The example's place in the input's own order. */
    long index(int position);

    /** The name of the example, for instance its file; empty if it has none. */
    String name(int position);

    /** Writes what the network sees in training in an epoch, {@code [H, W, C]}, from the index of the target on. */
    void readTraining(int position, long epoch, float[] target, int at);

    /**
     * Writes what the network sees in inference.
     *
     * @param crop the number of the crop, from 0 on
     * @param crops how many crops an example has; 1 for the whole image or its centre
     */
    void readCrop(int position, int crop, int crops, float[] target, int at);

    /** Whether reading takes so long that it pays to read ahead while the network computes. */
    boolean isSlow();
}
