package org.sparknorm.nn;

import java.util.Arrays;
import java.util.List;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/**
 * The mean of each channel over all pixels of an image, {@code [N, H, W, C]} to {@code [N, C]}, or over all positions
 * of a sequence {@code [N, T, C]} that are no padding.
 */
public final class GlobalAveragePool implements Layer {
    private final SequenceLengths lengths;
    private Shape input;
    private Tensor y;

    public GlobalAveragePool() {
        this(null);
    }

    /** @param lengths null where nothing is padded */
    public GlobalAveragePool(SequenceLengths lengths) {
        this.lengths = lengths;
    }

    @Override
    public Shape outputShape(Shape example) {
        if (example.rank() != 2 && example.rank() != 3) {
            throw new IllegalArgumentException("a global average pool does not fit examples of shape " + example);
        }
        return Shape.of(example.last());
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        input = x.shape();
        int channels = input.last();
        y = Tensor.reuse(y, Shape.of(x.count(), channels));
        double[] sums = new double[channels];
        for (int image = 0; image < x.count(); image++) {
            Arrays.fill(sums, 0);
            int first = image * pixels();
            int pixels = counted(image);
            for (int pixel = first; pixel < first + pixels; pixel++) {
                int at = pixel * channels;
                for (int c = 0; c < channels; c++) {
                    sums[c] += x.data()[at + c];
                }
            }
            for (int c = 0; c < channels; c++) {
                y.data()[image * channels + c] = (float) (sums[c] / pixels);
            }
        }
        return y;
    }

    private int pixels() {
        return input.example().size() / input.last();
    }

    private int counted(int example) {
        return lengths == null ? pixels() : lengths.of(example);
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        Tensor dx = pass.scratch().take(input);
        int channels = input.last();
        float[] shares = pass.scratch().take(channels);
        for (int image = 0; image < dy.count(); image++) {
            int first = image * pixels();
            int pixels = counted(image);
            for (int c = 0; c < channels; c++) {
                shares[c] = dy.data()[image * channels + c] / pixels;
            }
            for (int pixel = first; pixel < first + pixels; pixel++) {
                System.arraycopy(shares, 0, dx.data(), pixel * channels, channels);
            }
            Arrays.fill(dx.data(), (first + pixels) * channels, (first + pixels()) * channels, 0f);
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
        return lengths == null ? "global average pool" : "average over tokens";
    }
}
