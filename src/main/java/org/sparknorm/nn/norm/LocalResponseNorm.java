package org.sparknorm.nn.norm;

import java.util.List;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Parameter;
import org.sparknorm.nn.Pass;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/**
 * Local response normalization across neighbouring channels of {@code [N, H, W, C]} (Krizhevsky et al. 2012, section
 * 3.3), with the values of GoogLeNet, which the paper's BN-Inception leaves out: y[c] = x[c]·s[c]^(−3/4), s[c] = 1 +
 * 10⁻⁴/5·Σ x[j]² over the five channels j around c that there are.
 */
public final class LocalResponseNorm implements Layer {
    private static final int REACH = 2;
    /** How many channels are summed over. */
    public static final int CHANNELS = 2 * REACH + 1;

    /** The factor of the mean square in the scale. */
    public static final double FACTOR = 1e-4;

    /** The power of the scale that a value is divided by. */
    public static final double EXPONENT = 0.75;

    private static final double SHARE = FACTOR / CHANNELS;

    private Tensor x;
    private Tensor y;
    private double[] scales = new double[0];

    @Override
    public Shape outputShape(Shape input) {
        if (input.rank() != 3) {
            throw new IllegalArgumentException("a local response norm does not fit examples of shape " + input);
        }
        return input;
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
        x = input;
        y = Tensor.reuse(y, x.shape());
        int channels = x.shape().last();
        if (scales.length < x.size()) {
            scales = new double[x.size()];
        }
        for (int row = 0; row < x.size(); row += channels) {
            for (int c = 0; c < channels; c++) {
                double squares = 0;
                for (int j = Math.max(0, c - REACH); j <= Math.min(channels - 1, c + REACH); j++) {
                    double value = x.data()[row + j];
                    squares += value * value;
                }
                scales[row + c] = 1 + SHARE * squares;
                y.data()[row + c] = (float) (x.data()[row + c] * power(scales[row + c]));
            }
        }
        return y;
    }

    /** s^(−3/4) by roots, which are exact to the last bit on every machine. */
    private static double power(double scale) {
        double root = Math.sqrt(scale);
        return 1 / (root * Math.sqrt(root));
    }

    /** dx[i] = dy[i]·s[i]^(−3/4) − 2·3/4·10⁻⁴/5·x[i]·Σ dy[j]·x[j]·s[j]^(−7/4) over the channels j around i. */
    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        Tensor dx = pass.scratch().take(x.shape());
        int channels = x.shape().last();
        double[] parts = new double[channels];
        for (int row = 0; row < x.size(); row += channels) {
            for (int c = 0; c < channels; c++) {
                parts[c] = dy.data()[row + c] * power(scales[row + c]);
            }
            for (int i = 0; i < channels; i++) {
                double sum = 0;
                for (int j = Math.max(0, i - REACH); j <= Math.min(channels - 1, i + REACH); j++) {
                    sum += parts[j] * x.data()[row + j] / scales[row + j];
                }
                dx.data()[row + i] = (float) (parts[i] - 2 * EXPONENT * SHARE * x.data()[row + i] * sum);
            }
        }
        return dx;
    }

    /** It keeps its output, and a scale in double for each of its values. */
    @Override
    public long keptValues(Shape input, int examples) {
        return 3L * input.size() * examples;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of();
    }

    @Override
    public String toString() {
        return "local response norm";
    }
}
