package org.sparknorm.nn;

import org.sparknorm.tensor.Shape;

/**
 * A named array that is trained: a view into the one array of all weights and, at the same place, into the one array of
 * all gradients. Name and shape are those of the file.
 */
public final class Parameter {
    private final String name;
    private final Shape shape;
    private final Role role;
    private final int fanIn;
    private final int fanOut;
    private float[] values;
    private float[] gradients;
    private int offset;

    /** What a parameter is for; it decides its initial value and whether weight decay acts on it. */
    public enum Role {
        WEIGHT,
        BIAS,
        NORM_SCALE,
        NORM_SHIFT
    }

    private Parameter(String name, Shape shape, Role role, int fanIn, int fanOut) {
        this.name = name;
        this.shape = shape;
        this.role = role;
        this.fanIn = fanIn;
        this.fanOut = fanOut;
    }

    /** Fan-in and fan-out: how many inputs one output sees, and the reverse. */
    public static Parameter weight(String name, Shape shape, int fanIn, int fanOut) {
        return new Parameter(name, shape, Role.WEIGHT, fanIn, fanOut);
    }

    /** A bias, or the scale or shift of a norm. */
    public static Parameter vector(String name, int length, Role role) {
        return new Parameter(name, Shape.of(length), role, 0, 0);
    }

    public String name() {
        return name;
    }

    public Shape shape() {
        return shape;
    }

    public Role role() {
        return role;
    }

    public int fanIn() {
        return fanIn;
    }

    public int fanOut() {
        return fanOut;
    }

    public int size() {
        return shape.size();
    }

    /** All weights of the network; this parameter's begin at {@link #offset}. */
    public float[] values() {
        return values;
    }

    /** All gradients of the network; this parameter's begin at {@link #offset}. */
    public float[] gradients() {
        return gradients;
    }

    public int offset() {
        return offset;
    }

    void place(int newOffset) {
        offset = newOffset;
    }

    void bind(float[] allValues, float[] allGradients) {
        values = allValues;
        gradients = allGradients;
    }
}
