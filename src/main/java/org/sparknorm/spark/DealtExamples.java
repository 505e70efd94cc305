package org.sparknorm.spark;

import java.nio.MappedByteBuffer;
import org.sparknorm.data.PixelReader;
import org.sparknorm.train.SliceExamples;

/** The examples of one slice in a memory-mapped file: the page cache is the cache. */
final class DealtExamples implements SliceExamples {
    private final int imageBytes;
    private final PixelReader pixels;
    private final int[] labels;
    private final boolean[] present;
    private final MappedByteBuffer images;

    DealtExamples(int count, int imageBytes, PixelReader pixels, MappedByteBuffer images) {
        this.imageBytes = imageBytes;
        this.pixels = pixels;
        this.labels = new int[count];
        this.present = new boolean[count];
        this.images = images;
    }

    /** Takes an encoded example at its position in the slice. */
    void put(int position, byte[] example) {
        if (present[position]) {
            throw new IllegalStateException("position " + position + " of a slice was dealt twice");
        }
        present[position] = true;
        labels[position] = EncodedExample.label(example);
        images.put(position * imageBytes, example, EncodedExample.HEADER, imageBytes);
    }

    /** @throws IllegalStateException if a position got no example */
    void checkComplete() {
        for (int position = 0; position < present.length; position++) {
            if (!present[position]) {
                throw new IllegalStateException("position " + position + " of a slice was not dealt");
            }
        }
    }

    @Override
    public int count() {
        return labels.length;
    }

    @Override
    public int label(int position) {
        return labels[position];
    }

    @Override
    public void read(int position, float[] target, int at) {
        pixels.read(images, position * imageBytes, imageBytes, target, at);
    }
}
