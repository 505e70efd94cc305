package org.sparknorm.sync;

import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What {@link TreeSum} needs to know of an array type: how to add two, and how one crosses the wire, as bulk bytes. */
public abstract sealed class ArrayKind<A> {
    public static final ArrayKind<double[]> DOUBLES = new Doubles();
    public static final ArrayKind<float[]> FLOATS = new Floats();

    /** A piece this long stays in the fastest cache between conversion and copying. */
    private static final int PIECE_BYTES = 1 << 13;

    private final byte code;
    private final int elementBytes;

    private ArrayKind(int code, int elementBytes) {
        this.code = (byte) code;
        this.elementBytes = elementBytes;
    }

    /** left += right, element by element. */
    abstract void addInto(A left, A right);

    abstract int length(A values);

    abstract A allocate(int length);

    /** Puts elements at the beginning of the buffer. */
    abstract void put(A values, int from, int count, ByteBuffer buffer);

    /** Gets elements from the beginning of the buffer. */
    abstract void get(A values, int from, int count, ByteBuffer buffer);

    /** Little-endian, without gaps. */
    public byte[] toBytes(A values) {
        byte[] bytes = new byte[Math.multiplyExact(length(values), elementBytes)];
        put(values, 0, length(values), littleEndian(bytes));
        return bytes;
    }

    /** The array that {@link #toBytes} made these of. */
    public A fromBytes(byte[] bytes) {
        return fromBytes(bytes, allocate(bytes.length / elementBytes));
    }

    /** The same in an array of its length, which is returned. */
    public A fromBytes(byte[] bytes, A values) {
        get(values, 0, length(values), littleEndian(bytes));
        return values;
    }

    /** Writes length and elements. */
    public void write(ObjectOutput out, A values) throws IOException {
        int length = length(values);
        out.writeInt(length);
        byte[] piece = new byte[PIECE_BYTES];
        ByteBuffer buffer = littleEndian(piece);
        int most = PIECE_BYTES / elementBytes;
        for (int from = 0; from < length; from += most) {
            int count = Math.min(most, length - from);
            put(values, from, count, buffer);
            out.write(piece, 0, count * elementBytes);
        }
    }

    /** Reads what {@link #write} wrote. */
    public A read(ObjectInput in) throws IOException {
        int length = in.readInt();
        A values = allocate(length);
        byte[] piece = new byte[PIECE_BYTES];
        ByteBuffer buffer = littleEndian(piece);
        int most = PIECE_BYTES / elementBytes;
        for (int from = 0; from < length; from += most) {
            int count = Math.min(most, length - from);
            in.readFully(piece, 0, count * elementBytes);
            get(values, from, count, buffer);
        }
        return values;
    }

    /** The number that stands for this kind in a stream. */
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
