package org.sparknorm.nn;

import org.sparknorm.tensor.Shape;

/**
 * A named array that is trained: a view into the one array of all weights and, at the same place, into the one array of
 * all gradients. Name and shape are those of the file; the order of the values may differ.
 */
public final class Parameter {
    private final String name;
    private final FileLayout layout;
    private final Role role;
    private final int fanIn;
    private final int fanOut;
    private float[] values;
    private float[] gradients;
    private int offset;

    /** What a parameter is for; it decides its initial value and whether weight decay acts on it. */
    public enum Role {
        WEIGHT,
        CONVOLUTION,
        BIAS,
        NORM_SCALE,
        NORM_SHIFT;

        /** Whether it is a factor of a product, and not an addend or the scale of a norm. */
        public boolean isWeight() {
            return this == WEIGHT || this == CONVOLUTION;
        }
    }

    private Parameter(String name, FileLayout layout, Role role, int fanIn, int fanOut) {
        this.name = name;
        this.layout = layout;
        this.role = role;
        this.fanIn = fanIn;
        this.fanOut = fanOut;
    }

    /** Fan-in and fan-out: how many inputs one output sees, and the reverse. */
    public static Parameter weight(String name, Shape shape, int fanIn, int fanOut) {
        return new Parameter(name, FileLayout.same(shape), Role.WEIGHT, fanIn, fanOut);
    }

    /** Weights [O, C, K, K] of a convolution, which are [K, K, C, O] in memory. */
    static Parameter convolution(String name, int kernel, int channels, int filters) {
        int pixels = kernel * kernel;
        FileLayout layout = FileLayout.convolution(kernel, channels, filters);
        return new Parameter(name, layout, Role.CONVOLUTION, pixels * channels, pixels * filters);
    }

    /** Weights [out, C·H·W] of a linear layer, whose columns are in the order (H, W, C) in memory. */
    static Parameter afterImages(String name, Shape image, int out) {
        return new Parameter(name, FileLayout.linearAfter(image, out), Role.WEIGHT, image.size(), out);
    }

    /** The scale or shift of a norm for every value of images [H, W, C]; [C·H·W] in files. */
    public static Parameter perValueOf(Shape image, String name, Role role) {
        return new Parameter(name, FileLayout.valuesOf(image), role, 0, 0);
    }

    /** A bias, or the scale or shift of a norm. */
    public static Parameter vector(String name, int length, Role role) {
        return new Parameter(name, FileLayout.same(Shape.of(length)), role, 0, 0);
    }

    public String name() {
        return name;
    }

    /** Returns the shape in files. */
    public Shape shape() {
        return layout.file();
    }

    /** Returns the values as they are ordered in files, from an array of all weights. */
    public float[] toFile(float[] allWeights) {
        return layout.toFile(allWeights, offset);
    }

    /** Puts values that are ordered as in files into an array of all weights. */
    public void fromFile(float[] values, float[] allWeights) {
        layout.fromFile(values, allWeights, offset);
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
        return layout.file().size();
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

    /** Adds sums, those from an index on, to this parameter's gradients. */
    public void addGradient(double[] sums, int from) {
        for (int i = 0; i < size(); i++) {
            gradients[offset + i] += (float) sums[from + i];
        }
    }

    void place(int newOffset) {
        offset = newOffset;
    }

    void bind(float[] allValues, float[] allGradients) {
        values = allValues;
        gradients = allGradients;
    }
}
