package org.sparknorm.nn.norm;

import java.util.List;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.FusesResidual;
import org.sparknorm.nn.Parameter;
import org.sparknorm.nn.Pass;
import org.sparknorm.nn.RunningStatistics;
import org.sparknorm.nn.SequenceLengths;
import org.sparknorm.tensor.ChannelSums;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/**
 * Normalization of each example {@code [C]}, {@code [T, C]} or {@code [H, W, C]} by its own statistics, one mean and one
 * (biased) variance for all positions of a group of neighbouring channels (Wu and He 2018); γ and β a channel. It is the
 * same in training and in inference and shares nothing with other slices. Positions of a sequence that are padding count in
 * no sum.
 *
 * <p>One group is layer normalization of images (Ba et al. 2016, as Wu and He apply it to convolutions); as many groups as
 * channels are instance normalization (Ulyanov et al. 2016), which may go without γ and β, and may keep running statistics
 * (the means over examples) and use them in inference, as PyTorch's with {@code track_running_stats}.
 */
public final class GroupNorm implements FusesResidual {
    private final NormSpec site;
    private final int groups;
    private final double epsilon;
    private final ValidPositions runs;
    private final Parameter scale;
    private final Parameter shift;
    private final RunningStatistics running;
    private final ChannelSums statistics;
    private final double[] sums;
    private final Normalize normalize;
    private final Normalize.Slopes slopes;
    /** Of each example and channel. */
    private float[] means = new float[0];

    private float[] inverseDeviations = new float[0];
    private Tensor x;
    private Tensor y;

    /**
     * @param lengths null where nothing is padded
     * @throws IllegalArgumentException if the groups do not divide the channels; names the norm
     */
    public GroupNorm(NormSpec site, int groups, double epsilon, SequenceLengths lengths) {
        this(site, groups, epsilon, lengths, true, null);
    }

    /** Instance normalization. */
    public static GroupNorm ofInstances(NormSpec site, double epsilon, SequenceLengths lengths) {
        return new GroupNorm(site, site.channels(), epsilon, lengths, true, null);
    }

    /**
     * Instance normalization without padding, as PyTorch's.
     *
     * @param affine whether it has γ and β
     * @param decay weight of the old running value; NaN for no running statistics
     */
    public static GroupNorm ofInstances(NormSpec site, double epsilon, boolean affine, double decay) {
        RunningStatistics.Rule rule = new RunningStatistics.Rule(decay, false, true);
        RunningStatistics running =
                Double.isNaN(decay) ? null : RunningStatistics.ofChannels(site.name(), site.channels(), rule);
        return new GroupNorm(site, site.channels(), epsilon, null, affine, running);
    }

    private GroupNorm(
            NormSpec site,
            int groups,
            double epsilon,
            SequenceLengths lengths,
            boolean affine,
            RunningStatistics running) {
        int channels = site.channels();
        if (channels % groups != 0) {
            throw new IllegalArgumentException(
                    site.name() + ": " + groups + " groups do not divide its " + channels + " channels");
        }
        this.site = site;
        this.groups = groups;
        this.epsilon = epsilon;
        this.runs = new ValidPositions(channels, lengths);
        this.scale = affine ? Parameter.vector(site.name() + ".weight", channels, Parameter.Role.NORM_SCALE) : null;
        this.shift = affine ? Parameter.vector(site.name() + ".bias", channels, Parameter.Role.NORM_SHIFT) : null;
        this.running = running;
        this.statistics = new ChannelSums(channels, site.inputFloor());
        this.sums = new double[1 + 2 * channels];
        this.normalize = new Normalize(site);
        this.slopes = new Normalize.Slopes(channels);
    }

    public NormSpec site() {
        return site;
    }

    public double epsilon() {
        return epsilon;
    }

    public int groups() {
        return groups;
    }

    @Override
    public Shape outputShape(Shape input) {
        if (input.rank() == 0 || input.last() != site.channels()) {
            throw new IllegalArgumentException(
                    site.name() + " of " + site.channels() + " channels does not fit examples of shape " + input);
        }
        if (input.size() == groups) {
            throw new IllegalArgumentException(site.name() + ": an example of shape " + input
                    + " has one value in each of " + groups + " groups, and a variance needs two");
        }
        return input;
    }

    @Override
    public Activation.Kind activation() {
        return site.activation();
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
        return forwardJoining(input, null, site.activation(), pass);
    }

    @Override
    public Tensor forwardJoining(Tensor input, Tensor addend, Activation.Kind activation, Pass pass) {
        if (pass.probes(site.name())) {
            pass.probe().take(forwardJoining(input, null, Activation.Kind.NONE, pass.withoutProbe()));
        }
        int channels = site.channels();
        x = input;
        y = Tensor.reuse(y, x.shape());
        makeRoom(x.count() * channels);
        boolean usesRunning = running != null && !pass.training();
        Observed observed = running != null && pass.training() ? new Observed(channels) : null;
        for (int example = 0; example < x.count(); example++) {
            if (usesRunning) {
                takeRunningStatistics(example);
            } else {
                takeOwnStatistics(example, observed);
            }
            apply(example);
            normalize.forward(x, addend, y, runs.from(x, example), runs.to(x, example), activation);
            runs.clearRest(y, example);
        }
        if (observed != null) {
            observed.report(running, x.count());
        }
        return y;
    }

    private void makeRoom(int size) {
        if (means.length < size) {
            means = new float[size];
            inverseDeviations = new float[size];
        }
    }

    private void takeOwnStatistics(int example, Observed observed) {
        int channels = site.channels();
        statistics.begin();
        statistics.addSquares(x.data(), runs.from(x, example), runs.to(x, example));
        statistics.squares(sums);
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
            set(example, first, size, mean, variance);
            if (observed != null) {
                observed.add(first, mean, variance * (count / (count - 1)));
            }
        }
    }

    private void takeRunningStatistics(int example) {
        for (int c = 0; c < site.channels(); c++) {
            set(example, c, 1, running.mean(c), running.variance(c));
        }
    }

    private void set(int example, int first, int size, double mean, double variance) {
        float inverse = (float) (1 / Math.sqrt(variance + epsilon));
        for (int at = example * site.channels() + first, end = at + size; at < end; at++) {
            means[at] = (float) mean;
            inverseDeviations[at] = inverse;
        }
    }

    /** Makes the statistics of an example those that are normalized with. */
    private void apply(int example) {
        int channels = site.channels();
        for (int c = 0; c < channels; c++) {
            normalize.statistics(c, means[example * channels + c], inverseDeviations[example * channels + c]);
        }
        normalize.apply(scale, shift);
    }

    /** dx = γ/σ·d − Σγd/(σm) − x̂·Σγdx̂/(σm), sums over a group of an example, m the number of its values. */
    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        int channels = site.channels();
        Tensor dx = pass.scratch().take(x.shape());
        double[] totals = new double[2 * channels];
        for (int example = 0; example < x.count(); example++) {
            int from = runs.from(x, example);
            int to = runs.to(x, example);
            apply(example);
            normalize.beginSums();
            normalize.addToSums(x, y, dy, from, to);
            double[] own = normalize.sums();
            for (int i = 0; i < own.length; i++) {
                totals[i] += own[i];
            }
            setSlopes(own, (to - from) / groups);
            normalize.apply(slopes);
            normalize.backward(x, y, dy, dx, from, to);
            runs.clearRest(dx, example);
        }
        if (scale != null) {
            scale.addGradient(totals, channels);
            shift.addGradient(totals, 0);
        }
        return dx;
    }

    /** @param own Σd.. and Σdx̂.. of each channel of an example */
    private void setSlopes(double[] own, int count) {
        int channels = site.channels();
        int size = channels / groups;
        for (int first = 0; first < channels; first += size) {
            double sum = 0;
            double products = 0;
            for (int c = first; c < first + size; c++) {
                sum += gamma(c) * own[c];
                products += gamma(c) * own[channels + c];
            }
            double inverse = normalize.inverseDeviation(first);
            double meanTerm = -inverse * sum / count;
            double varianceTerm = -inverse * inverse * products / count;
            for (int c = first; c < first + size; c++) {
                slopes.set(c, inverse * gamma(c), meanTerm, varianceTerm, normalize.mean(c));
            }
        }
    }

    private double gamma(int channel) {
        return scale == null ? 1 : scale.values()[scale.offset() + channel];
    }

    /** Sums over examples of what each has in its channels. */
    private record Observed(double[] means, double[] variances) {
        Observed(int channels) {
            this(new double[channels], new double[channels]);
        }

        void add(int channel, double mean, double unbiasedVariance) {
            means[channel] += mean;
            variances[channel] += unbiasedVariance;
        }

        void report(RunningStatistics running, int examples) {
            for (int c = 0; examples > 0 && c < means.length; c++) {
                means[c] /= examples;
                variances[c] /= examples;
            }
            running.observe(examples, means, variances);
        }
    }

    @Override
    public List<Parameter> parameters() {
        return scale == null ? List.of() : List.of(scale, shift);
    }

    @Override
    public List<RunningStatistics> runningStatistics() {
        return running == null ? List.of() : List.of(running);
    }

    @Override
    public String toString() {
        int channels = site.channels();
        if (groups == channels) {
            return site.describe("InstanceNorm " + channels);
        }
        return site.describe(groups == 1 ? "LayerNorm " + channels : "GroupNorm " + channels + " in " + groups);
    }
}
