package org.sparknorm.spark;

import java.util.Arrays;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.EncodedExample;
import org.sparknorm.data.ExampleFile;
import org.sparknorm.data.ExampleReader;
import org.sparknorm.data.image.BadImageException;
import org.sparknorm.train.SliceExamples;

/** The examples of one slice in the file of their partition. */
final class DealtExamples implements SliceExamples {
    private static final long ABSENT = -1;

    private final ExampleReader reader;
    private final int[] labels;
    private final long[] indexes;
    private final long[] addresses;
    private final int[] lengths;
    private ExampleFile file;
    private int lastPosition = -1;
    private byte[] last;

    DealtExamples(int count, ExampleReader reader) {
        this.reader = reader;
        this.labels = new int[count];
        this.indexes = new long[count];
        this.addresses = new long[count];
        this.lengths = new int[count];
        Arrays.fill(addresses, ABSENT);
    }

    /** Records an encoded example at its position in the slice. */
    void put(int position, byte[] example, long address) {
        if (addresses[position] != ABSENT) {
            throw new IllegalStateException("position " + position + " of a slice was dealt twice");
        }
        addresses[position] = address;
        lengths[position] = example.length;
        labels[position] = EncodedExample.label(example);
        indexes[position] = EncodedExample.index(example);
    }

    /** @throws IllegalStateException if a position got no example */
    void complete(ExampleFile written) {
        file = written;
        for (int position = 0; position < addresses.length; position++) {
            if (addresses[position] == ABSENT) {
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
    public long index(int position) {
        return indexes[position];
    }

    @Override
    public String name(int position) {
        return EncodedExample.name(bytes(position));
    }

    private byte[] bytes(int position) {
        return file.read(addresses[position], lengths[position]);
    }

    @Override
    public void readTraining(int position, long epoch, float[] target, int at) {
        byte[] bytes = bytes(position);
        try {
            reader.training(bytes, EncodedExample.imageStart(bytes), indexes[position], epoch, target, at);
        } catch (BadImageException e) {
            throw bad(bytes, e);
        }
    }

    @Override
    public void readCrop(int position, int crop, int crops, float[] target, int at) {
        if (position != lastPosition || crops == 1) {
            last = bytes(position);
            lastPosition = position;
        }
        try {
            reader.crop(last, EncodedExample.imageStart(last), crop, crops, target, at);
        } catch (BadImageException e) {
            throw bad(last, e);
        }
    }

    private static RefusedException bad(byte[] bytes, BadImageException e) {
        return new RefusedException(
                EncodedExample.name(bytes) + ": " + e.getMessage(),
                "remove it, or leave such images out with data.bad-images=skip");
    }

    @Override
    public boolean isSlow() {
        return reader.isSlow();
    }
}
