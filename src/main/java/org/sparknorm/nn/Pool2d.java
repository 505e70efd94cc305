package org.sparknorm.nn;

import java.util.Arrays;
import java.util.List;
import org.sparknorm.tensor.Implementations;
import org.sparknorm.tensor.RowKernels;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;
import org.sparknorm.tensor.Window;

/**
 * The largest or the mean value under a window that slides over each channel of images {@code [N, H, W, C]}. Its output
 * has ⌊(H + 2·padding − K)/stride⌋ + 1 rows, or with rounding up ⌈..⌉ + 1 (less one whose window would begin after the
 * image), columns alike.
 */
public final class Pool2d implements Layer {
    private final String name;
    private final Kind kind;
    private final Window window;
    private final boolean roundUp;
    private final RowKernels kernels = Implementations.ROW_KERNELS;
    private PoolingWindow taps;
    private Shape pooled;
    private float[] divisors;
    private SlidingSum sums;
    private SlidingSum gradientSums;
    private Tensor x;
    private Tensor y;

    /** What is made of the values under the window. */
    public enum Kind {
        /** The largest; its gradient goes to the first of equals, row by row. */
        MAX,
        /** Their mean; pixels of the padding count, as zeros. */
        AVERAGE,
        /** The mean of those that are pixels of the image. */
        AVERAGE_OF_IMAGE
    }

    /**
     * @param name for messages
     * @throws IllegalArgumentException if some window could see padding only
     */
    public Pool2d(String name, Kind kind, Window window, boolean roundUp) {
        if (2 * window.padding() > window.size()) {
            throw new IllegalArgumentException(name + ": padding of more than half the window, " + window);
        }
        this.name = name;
        this.kind = kind;
        this.window = window;
        this.roundUp = roundUp;
    }

    public Kind kind() {
        return kind;
    }

    public Window window() {
        return window;
    }

    @Override
    public Shape outputShape(Shape input) {
        if (input.rank() != 3) {
            throw new IllegalArgumentException(name + " (" + window + ") does not fit examples of shape " + input);
        }
        PoolingWindow places = new PoolingWindow(window, roundUp, input);
        if (places.outputHeight < 1 || places.outputWidth < 1) {
            throw new IllegalArgumentException(name + " (" + window + ") does not fit examples of shape " + input);
        }
        return places.outputShape();
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
        x = input;
        prepare(x.shape().example());
        y = Tensor.reuse(y, taps.outputShape().batch(x.count()));
        for (int image = 0; image < x.count(); image++) {
            for (int outputRow = 0; outputRow < taps.outputHeight; outputRow++) {
                if (kind == Kind.MAX) {
                    largest(image, outputRow);
                } else {
                    mean(image, outputRow);
                }
            }
        }
        return y;
    }

    private void largest(int image, int outputRow) {
        int length = taps.rowLength();
        int at = (image * taps.outputHeight + outputRow) * length;
        Arrays.fill(y.data(), at, at + length, -Float.MAX_VALUE);
        taps.forEachSpan(
                image, outputRow, (from, to, count) -> kernels.takeLarger(y.data(), to, x.data(), from, 0, count));
    }

    private void mean(int image, int outputRow) {
        int length = taps.rowLength();
        int at = (image * taps.outputHeight + outputRow) * length;
        if (sums != null) {
            System.arraycopy(sums.row(x.data(), image, outputRow), 0, y.data(), at, length);
        } else {
            Arrays.fill(y.data(), at, at + length, 0f);
            taps.forEachSpan(
                    image, outputRow, (from, to, count) -> kernels.add(y.data(), to, x.data(), from, 0, count));
        }
        divide(y.data(), at, outputRow, y.data(), at);
    }

    private void prepare(Shape example) {
        if (example.equals(pooled)) {
            return;
        }
        taps = new PoolingWindow(window, roundUp, example);
        pooled = example;
        if (kind == Kind.MAX) {
            return;
        }
        int[] seen = taps.seen(kind == Kind.AVERAGE);
        int channels = example.last();
        divisors = new float[seen.length * channels];
        for (int i = 0; i < divisors.length; i++) {
            divisors[i] = seen[i / channels];
        }
        boolean isSum = window.stride() == 1;
        sums = isSum ? new SlidingSum(window, example) : null;
        Window reverse = new Window(window.size(), 1, window.size() - 1 - window.padding());
        gradientSums = isSum ? new SlidingSum(reverse, taps.outputShape()) : null;
    }

    /** Sums of an output row to means. */
    private void divide(float[] sum, int from, int outputRow, float[] mean, int to) {
        int length = taps.rowLength();
        for (int i = 0; i < length; i++) {
            mean[to + i] = sum[from + i] / divisors[outputRow * length + i];
        }
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        if (gradientSums != null) {
            return backwardSums(dy, pass);
        }
        Tensor dx = pass.scratch().take(x.shape());
        int length = taps.rowLength();
        // What is left to give of dy, or each window's share of it.
        Tensor rest = pass.scratch().take(dy.shape());
        for (int image = 0; image < dy.count(); image++) {
            int cleared = 0;
            for (int outputRow = 0; outputRow < taps.outputHeight; outputRow++) {
                cleared = clear(dx, image, cleared, taps.rowsSeen(outputRow));
                int at = (image * taps.outputHeight + outputRow) * length;
                if (kind == Kind.MAX) {
                    System.arraycopy(dy.data(), at, rest.data(), at, length);
                    taps.forEachSpan(
                            image,
                            outputRow,
                            (to, from, count) -> kernels.giveToLargest(
                                    y.data(), rest.data(), from, x.data(), dx.data(), to, 0, count));
                } else {
                    divide(dy.data(), at, outputRow, rest.data(), at);
                    taps.forEachSpan(
                            image,
                            outputRow,
                            (to, from, count) -> kernels.add(dx.data(), to, rest.data(), from, 0, count));
                }
            }
        }
        pass.scratch().give(rest);
        return dx;
    }

    /** Clears the image rows from one number to another, just before they are used. */
    private int clear(Tensor dx, int image, int from, int to) {
        int rowValues = x.shape().dimension(2) * x.shape().dimension(3);
        int start = image * x.shape().dimension(1) * rowValues;
        Arrays.fill(dx.data(), start + from * rowValues, start + Math.max(from, to) * rowValues, 0f);
        return Math.max(from, to);
    }

    /** A pixel's gradient is the sum of the shares of all windows that see it. */
    private Tensor backwardSums(Tensor dy, Pass pass) {
        int length = taps.rowLength();
        Tensor shares = pass.scratch().take(dy.shape());
        for (int row = 0; row < dy.count() * taps.outputHeight; row++) {
            divide(dy.data(), row * length, row % taps.outputHeight, shares.data(), row * length);
        }
        Tensor dx = pass.scratch().take(x.shape());
        int height = x.shape().dimension(1);
        int inputLength = x.shape().dimension(2) * x.shape().dimension(3);
        for (int row = 0; row < x.count() * height; row++) {
            float[] sum = gradientSums.row(shares.data(), row / height, row % height);
            System.arraycopy(sum, 0, dx.data(), row * inputLength, inputLength);
        }
        pass.scratch().give(shares);
        return dx;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public String toString() {
        return switch (kind) {
                    case MAX -> "max pool ";
                    case AVERAGE -> "average pool ";
                    case AVERAGE_OF_IMAGE -> "average pool without padding ";
                }
                + window
                + (roundUp ? ", rounded up" : "");
    }
}
