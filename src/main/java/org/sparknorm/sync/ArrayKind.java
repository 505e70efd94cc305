package org.sparknorm.sync;

import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The type of the arrays that a {@link TreeSum} adds: how two are added, and how one becomes bytes.
 *
 * <p>Bytes are little-endian, without gaps, and converted in bulk: Java serialization, element by element, takes ten
 * times as long.
 */
public abstract sealed class ArrayKind<A> {
    public static final ArrayKind<double[]> DOUBLES = new Doubles();
    public static final ArrayKind<float[]> FLOATS = new Floats();

    /** As much as stays in the fastest cache between conversion and copying. */
    private static final int CHUNK_BYTES = 1 << 13;

    private final byte code;
    private final int elementBytes;

    private ArrayKind(int code, int elementBytes) {
        this.code = (byte) code;
        this.elementBytes = elementBytes;
    }

    /** left += right for each element. */
    abstract void addInto(A left, A right);

    abstract int length(A values);

    abstract A allocate(int length);

    /** Writes some of the elements to the beginning of the buffer. */
    abstract void put(A values, int from, int count, ByteBuffer buffer);

    /** Reads some of the elements from the beginning of the buffer. */
    abstract void get(A values, int from, int count, ByteBuffer buffer);

    /** The elements without their number. */
    public byte[] toBytes(A values) {
        byte[] bytes = new byte[Math.multiplyExact(length(values), elementBytes)];
        put(values, 0, length(values), littleEndian(bytes));
        return bytes;
    }

    /** A new array of the elements that {@link #toBytes} wrote. */
    public A fromBytes(byte[] bytes) {
        return fromBytes(bytes, allocate(bytes.length / elementBytes));
    }

    /** Writes the elements to the array given, which has their number, and returns it. */
    public A fromBytes(byte[] bytes, A values) {
        get(values, 0, length(values), littleEndian(bytes));
        return values;
    }

    /** Writes the number of elements, then the elements. */
    public void write(ObjectOutput out, A values) throws IOException {
        int length = length(values);
        out.writeInt(length);
        byte[] chunk = new byte[CHUNK_BYTES];
        ByteBuffer buffer = littleEndian(chunk);
        int most = CHUNK_BYTES / elementBytes;
        for (int from = 0; from < length; from += most) {
            int count = Math.min(most, length - from);
            put(values, from, count, buffer);
            out.write(chunk, 0, count * elementBytes);
        }
    }

    /** Reads what {@link #write} wrote. */
    public A read(ObjectInput in) throws IOException {
        int length = in.readInt();
        A values = allocate(length);
        byte[] chunk = new byte[CHUNK_BYTES];
        ByteBuffer buffer = littleEndian(chunk);
        int most = CHUNK_BYTES / elementBytes;
        for (int from = 0; from < length; from += most) {
            int count = Math.min(most, length - from);
            in.readFully(chunk, 0, count * elementBytes);
            get(values, from, count, buffer);
        }
        return values;
    }

    /** The character that stands for this kind in a stream. */
    byte code() {
        return code;
    }

    static ArrayKind<?> ofCode(byte code) {
        return code == DOUBLES.code() ? DOUBLES : FLOATS;
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void checkLengths(int left, int right) {
        if (left != right) {
            throw new IllegalArgumentException("slices give arrays of different lengths: " + left + " and " + right);
        }
    }

    private static final class Doubles extends ArrayKind<double[]> {
        Doubles() {
            super('d', Double.BYTES);
        }

        @Override
        void addInto(double[] left, double[] right) {
            checkLengths(left.length, right.length);
            for (int i = 0; i < left.length; i++) {
                left[i] += right[i];
            }
        }

        @Override
        int length(double[] values) {
            return values.length;
        }

        @Override
        double[] allocate(int length) {
            return new double[length];
        }

        @Override
        void put(double[] values, int from, int count, ByteBuffer buffer) {
            buffer.asDoubleBuffer().put(values, from, count);
        }

        @Override
        void get(double[] values, int from, int count, ByteBuffer buffer) {
            buffer.asDoubleBuffer().get(values, from, count);
        }
    }

    private static final class Floats extends ArrayKind<float[]> {
        Floats() {
            super('f', Float.BYTES);
        }

        @Override
        void addInto(float[] left, float[] right) {
            checkLengths(left.length, right.length);
            for (int i = 0; i < left.length; i++) {
                left[i] += right[i];
            }
        }

        @Override
        int length(float[] values) {
            return values.length;
        }

        @Override
        float[] allocate(int length) {
            return new float[length];
        }

        @Override
        void put(float[] values, int from, int count, ByteBuffer buffer) {
            buffer.asFloatBuffer().put(values, from, count);
        }

        @Override
        void get(float[] values, int from, int count, ByteBuffer buffer) {
            buffer.asFloatBuffer().get(values, from, count);
        }
    }
}
