package org.sparknorm.nn;

import java.util.Arrays;
import java.util.List;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/** The mean of each channel over all pixels of an image: {@code [N, H, W, C]} to {@code [N, C]}. */
public final class GlobalAveragePool implements Layer {
    private Shape input;
    private Tensor y;

    @Override
    public Shape outputShape(Shape example) {
        if (example.rank() != 3) {
            throw new IllegalArgumentException("a global average pool does not fit examples of shape " + example);
        }
        return Shape.of(example.last());
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        input = x.shape();
        int channels = input.last();
        y = Tensor.reuse(y, Shape.of(x.count(), channels));
        int pixels = input.dimension(1) * input.dimension(2);
        double[] sums = new double[channels];
        for (int image = 0; image < x.count(); image++) {
            Arrays.fill(sums, 0);
            for (int pixel = 0; pixel < pixels; pixel++) {
                int at = (image * pixels + pixel) * channels;
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

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        Tensor dx = pass.scratch().take(input);
        int channels = input.last();
        int pixels = input.dimension(1) * input.dimension(2);
        float[] shares = pass.scratch().take(channels);
        for (int image = 0; image < dy.count(); image++) {
            for (int c = 0; c < channels; c++) {
                shares[c] = dy.data()[image * channels + c] / pixels;
            }
            for (int pixel = 0; pixel < pixels; pixel++) {
                System.arraycopy(shares, 0, dx.data(), (image * pixels + pixel) * channels, channels);
            }
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
        return "global average pool";
    }
}
