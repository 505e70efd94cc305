package org.sparknorm.sync;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What {@link TreeSum} needs to know of an array type: how to add two, and how to see one as bytes. */
public abstract sealed class ArrayKind<A> {
    public static final ArrayKind<double[]> DOUBLES = new Doubles();
    public static final ArrayKind<float[]> FLOATS = new Floats();

    /** left += right, element by element. */
    abstract void addInto(A left, A right);

    abstract int length(A values);

    /** Little-endian, without gaps. */
    public abstract byte[] toBytes(A values);

    /** The array that {@link #toBytes} made these of. */
    public abstract A fromBytes(byte[] bytes);

    /** The number that stands for this kind in a stream. */
    abstract byte code();

    static ArrayKind<?> ofCode(byte code) {
        return code == DOUBLES.code() ? DOUBLES : FLOATS;
    }

    void checkLengths(A left, A right) {
        if (length(left) != length(right)) {
            throw new IllegalArgumentException(
                    "slices give arrays of different lengths: " + length(left) + " and " + length(right));
        }
    }

    private static final class Doubles extends ArrayKind<double[]> {
        @Override
        void addInto(double[] left, double[] right) {
            checkLengths(left, right);
            for (int i = 0; i < left.length; i++) {
                left[i] += right[i];
            }
        }

        @Override
        int length(double[] values) {
            return values.length;
        }

        @Override
        public byte[] toBytes(double[] values) {
            byte[] bytes = new byte[Math.multiplyExact(values.length, Double.BYTES)];
            buffer(bytes).asDoubleBuffer().put(values);
            return bytes;
        }

        @Override
        public double[] fromBytes(byte[] bytes) {
            double[] values = new double[bytes.length / Double.BYTES];
            buffer(bytes).asDoubleBuffer().get(values);
            return values;
        }

        @Override
        byte code() {
            return 'd';
        }
    }

    private static final class Floats extends ArrayKind<float[]> {
        @Override
        void addInto(float[] left, float[] right) {
            checkLengths(left, right);
            for (int i = 0; i < left.length; i++) {
                left[i] += right[i];
            }
        }

        @Override
        int length(float[] values) {
            return values.length;
        }

        @Override
        public byte[] toBytes(float[] values) {
            byte[] bytes = new byte[Math.multiplyExact(values.length, Float.BYTES)];
            buffer(bytes).asFloatBuffer().put(values);
            return bytes;
        }

        @Override
        public float[] fromBytes(byte[] bytes) {
            float[] values = new float[bytes.length / Float.BYTES];
            buffer(bytes).asFloatBuffer().get(values);
            return values;
        }

        @Override
        byte code() {
            return 'f';
        }
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
