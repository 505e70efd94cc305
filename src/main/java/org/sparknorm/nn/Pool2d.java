package org.sparknorm.nn;

import java.util.Arrays;
import java.util.List;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;
import org.sparknorm.tensor.Window;

/**
 * The largest or the mean value under a window that slides over each channel of images {@code [N, H, W, C]}. Its output
 * has ⌊(H + 2·padding − K)/stride⌋ + 1 rows, or with rounding up ⌈..⌉ + 1 (less one whose window would begin behind the
 * image), columns alike.
 */
public final class Pool2d implements Layer {
    private final String name;
    private final Kind kind;
    private final Window window;
    private final boolean roundUp;
    private Taps taps;
    private Shape pooled;
    private float[] row = new float[0];
    private float[] result = new float[0];
    private float[] divisors;
    private WindowSums sums;
    private WindowSums gradientSums;
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

    @Override
    public Shape outputShape(Shape input) {
        if (input.rank() != 3) {
            throw new IllegalArgumentException(name + " (" + window + ") does not fit examples of shape " + input);
        }
        Taps places = new Taps(window, roundUp, input);
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
        int length = taps.rowLength();
        for (int image = 0; image < x.count(); image++) {
            for (int outputRow = 0; outputRow < taps.outputHeight; outputRow++) {
                if (sums != null) {
                    System.arraycopy(sums.row(x.data(), image, outputRow), 0, result, 0, length);
                    divide(result, divisors, outputRow, length);
                    System.arraycopy(result, 0, y.data(), (image * taps.outputHeight + outputRow) * length, length);
                    continue;
                }
                Arrays.fill(result, 0, length, beyond());
                for (int tap = 0; tap < window.size() * window.size(); tap++) {
                    if (read(image, outputRow, tap)) {
                        join(length);
                    }
                }
                if (kind != Kind.MAX) {
                    divide(result, divisors, outputRow, length);
                }
                System.arraycopy(result, 0, y.data(), (image * taps.outputHeight + outputRow) * length, length);
            }
        }
        return y;
    }

    private void prepare(Shape example) {
        if (example.equals(pooled)) {
            return;
        }
        taps = new Taps(window, roundUp, example);
        pooled = example;
        row = new float[taps.rowLength()];
        result = new float[taps.rowLength()];
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
        sums = isSum ? new WindowSums(window, example) : null;
        Window reverse = new Window(window.size(), 1, window.size() - 1 - window.padding());
        gradientSums = isSum ? new WindowSums(reverse, taps.outputShape()) : null;
    }

    private boolean read(int image, int outputRow, int tap) {
        return taps.read(x.data(), image, outputRow, tap / window.size(), tap % window.size(), beyond(), row);
    }

    private float beyond() {
        return kind == Kind.MAX ? -Float.MAX_VALUE : 0f;
    }

    private void join(int length) {
        if (kind == Kind.MAX) {
            largest(result, row, length);
        } else {
            Taps.addTo(result, row, length);
        }
    }

    private static void largest(float[] result, float[] row, int count) {
        for (int i = 0; i < count; i++) {
            result[i] = Math.max(result[i], row[i]);
        }
    }

    private static void divide(float[] values, float[] divisors, int outputRow, int count) {
        for (int i = 0; i < count; i++) {
            values[i] /= divisors[outputRow * count + i];
        }
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        if (gradientSums != null) {
            return backwardSums(dy, pass);
        }
        Tensor dx = pass.scratch().take(x.shape());
        Arrays.fill(dx.data(), 0, dx.size(), 0f);
        int length = taps.rowLength();
        float[] rest = pass.scratch().take(length);
        float[] buffer = pass.scratch().take(length);
        for (int image = 0; image < dy.count(); image++) {
            for (int outputRow = 0; outputRow < taps.outputHeight; outputRow++) {
                int at = (image * taps.outputHeight + outputRow) * length;
                System.arraycopy(dy.data(), at, rest, 0, length);
                if (kind == Kind.MAX) {
                    System.arraycopy(y.data(), at, result, 0, length);
                    backwardLargest(image, outputRow, rest, dx, buffer);
                } else {
                    divide(rest, divisors, outputRow, length);
                    for (int tap = 0; tap < window.size() * window.size(); tap++) {
                        add(rest, dx, image, outputRow, tap, buffer);
                    }
                }
            }
        }
        pass.scratch().give(rest);
        pass.scratch().give(buffer);
        return dx;
    }

    /** A pixel's gradient is the sum of the shares of all windows that see it. */
    private Tensor backwardSums(Tensor dy, Pass pass) {
        int length = taps.rowLength();
        Tensor shares = pass.scratch().take(dy.shape());
        for (int row = 0; row < dy.count() * taps.outputHeight; row++) {
            System.arraycopy(dy.data(), row * length, result, 0, length);
            divide(result, divisors, row % taps.outputHeight, length);
            System.arraycopy(result, 0, shares.data(), row * length, length);
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

    private void backwardLargest(int image, int outputRow, float[] rest, Tensor dx, float[] buffer) {
        for (int tap = 0; tap < window.size() * window.size(); tap++) {
            if (read(image, outputRow, tap)) {
                takeWhereEqual(row, result, rest, taps.rowLength());
                add(row, dx, image, outputRow, tap, buffer);
            }
        }
    }

    /** row ← rest where it has the largest value, else 0; what is taken is gone from the rest. */
    private static void takeWhereEqual(float[] row, float[] largest, float[] rest, int count) {
        for (int i = 0; i < count; i++) {
            float isLess = Math.min((largest[i] - row[i]) * Float.MAX_VALUE, 1f);
            float taken = rest[i] * (1f - isLess);
            rest[i] -= taken;
            row[i] = taken;
        }
    }

    private void add(float[] values, Tensor dx, int image, int outputRow, int tap, float[] buffer) {
        taps.add(values, dx.data(), image, outputRow, tap / window.size(), tap % window.size(), buffer);
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
