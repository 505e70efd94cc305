package org.sparknorm.nn.norm;

import java.util.List;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.FusesResidual;
import org.sparknorm.nn.Parameter;
import org.sparknorm.nn.Pass;
import org.sparknorm.nn.SequenceLengths;
import org.sparknorm.tensor.ChannelSums;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/**
 * Normalization of each example {@code [C]}, {@code [T, C]} or {@code [H, W, C]} by its own statistics, one mean and
 * one (biased) variance for all positions of a group of neighbouring channels (Wu and He 2018); γ and β per channel. It
 * is the same in training and in inference and shares nothing with other slices. Positions of a sequence that are
 * padding count in no sum.
 *
 * <p>One group is layer normalization of images (Ba et al. 2016, as Wu and He apply it to convolutions); as many groups
 * as channels are instance normalization (Ulyanov et al. 2016).
 */
public final class GroupNorm implements FusesResidual {
    private final NormSpec spec;
    private final int groups;
    private final double epsilon;
    private final NormShell shell;
    private final ChannelSums channelSums;
    private final double[] sums;
    private final Normalize.Statistics statistics;
    /** One for each example and channel. */
    private float[] means = new float[0];

    private float[] inverseDeviations = new float[0];

    /**
     * @param lengths null where nothing is padded
     * @throws IllegalArgumentException if the groups do not divide the channels; names the norm
     */
    public GroupNorm(NormSpec spec, int groups, double epsilon, SequenceLengths lengths) {
        int channels = spec.channels();
        if (channels % groups != 0) {
            throw new IllegalArgumentException(
                    spec.name() + ": " + groups + " groups do not divide its " + channels + " channels");
        }
        this.spec = spec;
        this.groups = groups;
        this.epsilon = epsilon;
        this.shell = new NormShell(spec, new ValidPositions(channels, lengths, true));
        this.channelSums = new ChannelSums(channels, spec.inputFloor());
        this.sums = new double[1 + 2 * channels];
        this.statistics = new Normalize.Statistics(channels);
    }

    /** Makes the norm whose groups are single channels. */
    public static GroupNorm ofInstances(NormSpec spec, double epsilon, SequenceLengths lengths) {
        return new GroupNorm(spec, spec.channels(), epsilon, lengths);
    }

    public NormSpec spec() {
        return spec;
    }

    public double epsilon() {
        return epsilon;
    }

    public int groups() {
        return groups;
    }

    @Override
    public Shape outputShape(Shape input) {
        if (!spec.hasChannelsOf(input)) {
            throw spec.doesNotFit(input);
        }
        if (input.size() == groups) {
            throw new IllegalArgumentException(spec.name() + ": an example of shape " + input
                    + " has one value in each of " + groups + " groups, and a variance needs two");
        }
        return input;
    }

    @Override
    public Activation.Kind activation() {
        return spec.activation();
    }

    @Override
    public Tensor forwardWithResidual(Tensor input, Tensor residual, Activation.Kind activation, Pass pass) {
        shell.begin(this, input, pass);
        makeRoom(shell.examples() * spec.channels());
        for (int example = 0; example < shell.examples(); example++) {
            takeStatistics(example);
            shell.normalize(map(example), example, residual, activation);
        }
        return shell.output();
    }

    private void makeRoom(int size) {
        if (means.length < size) {
            means = new float[size];
            inverseDeviations = new float[size];
        }
    }

    private void takeStatistics(int example) {
        int channels = spec.channels();
        channelSums.begin();
        shell.addSquares(channelSums, example);
        channelSums.squares(sums);
        int size = channels / groups;
        double count = sums[0] * size;
        for (int first = 0; first < channels; first += size) {
            double sum = 0;
            double squares = 0;
            for (int c = first; c < first + size; c++) {
                sum += sums[1 + c];
                squares += sums[1 + channels + c];
            }
            double mean = sum / count;
            double variance = Math.max(0, squares / count - mean * mean);
            float inverse = (float) (1 / Math.sqrt(variance + epsilon));
            for (int at = example * channels + first, end = at + size; at < end; at++) {
                means[at] = (float) mean;
                inverseDeviations[at] = inverse;
            }
        }
    }

    private Normalize.ChannelMap map(int example) {
        int channels = spec.channels();
        for (int c = 0; c < channels; c++) {
            statistics.set(c, means[example * channels + c], inverseDeviations[example * channels + c]);
        }
        return shell.map(statistics);
    }

    /** dx = γ/σ·d − Σγd/(σm) − x̂·Σγdx̂/(σm), sums over a group of an example, m the number of its values. */
    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        Tensor dx = shell.takeInputGradient(pass);
        double[] totals = new double[2 * spec.channels()];
        for (int example = 0; example < shell.examples(); example++) {
            Normalize.ChannelMap map = map(example);
            Normalize.GradientSums gradientSums = map.gradientSums();
            shell.addGradients(gradientSums, dy, example);
            double[] own = gradientSums.totals();
            for (int i = 0; i < own.length; i++) {
                totals[i] += own[i];
            }
            Normalize.InputGradient gradient = map.inputGradient(slopes(own, shell.values(example)));
            shell.writeInputGradient(gradient, dy, dx, example);
        }
        shell.addParameterGradients(totals);
        return dx;
    }

    /**
     * @param own Σd.. and Σdx̂.. per channel of an example
     * @param positions how many values per channel the example has
     */
    private Normalize.Slopes slopes(double[] own, int positions) {
        int channels = spec.channels();
        int size = channels / groups;
        int count = positions * size;
        Normalize.Slopes slopes = shell.slopes();
        for (int first = 0; first < channels; first += size) {
            double sum = 0;
            double products = 0;
            for (int c = first; c < first + size; c++) {
                sum += shell.scale(c) * own[c];
                products += shell.scale(c) * own[channels + c];
            }
            double inverse = statistics.inverseDeviations()[first];
            double meanTerm = -inverse * sum / count;
            double varianceTerm = -inverse * inverse * products / count;
            for (int c = first; c < first + size; c++) {
                slopes.set(
                        c,
                        inverse * shell.scale(c),
                        meanTerm,
                        varianceTerm,
                        statistics.means()[c]);
            }
        }
        return slopes;
    }

    @Override
    public List<Parameter> parameters() {
        return shell.parameters();
    }

    @Override
    public String toString() {
        int channels = spec.channels();
        if (groups == channels) {
            return spec.describe("InstanceNorm " + channels);
        }
        return spec.describe(groups == 1 ? "LayerNorm " + channels : "GroupNorm " + channels + " in " + groups);
    }
}
