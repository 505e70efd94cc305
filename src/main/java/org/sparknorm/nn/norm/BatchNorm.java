package org.sparknorm.nn.norm;

import java.util.List;
import org.sparknorm.config.RefusedException;
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
 * Batch normalization over the channels of {@code [N, C]}, {@code [N, T, C]} or {@code [N, H, W, C]} (Ioffe and Szegedy
 * 2015, algorithm 1): x̂ = (x − μ)/√(σ² + ε), y = γ·x̂ + β.
 *
 * <p>In training, μ and the biased σ² are those of the whole mini-batch over all slices; m, the number of values a
 * channel has, is the true count, so uneven and empty slices are normal, and positions of a sequence that are padding count
 * in no sum. Without synchronization each slice uses its own. In inference they are the running values, running ←
 * decay·running + (1 − decay)·batch, where decay weighs the old value (0.9 is PyTorch's momentum 0.1) and the batch's
 * variance is the unbiased one.
 */
public final class BatchNorm implements FusesResidual, BatchStatistics {
    private final NormSpec site;
    private final Options options;
    /** Of the channels, or of all values of an image. */
    private final int features;

    private final ValidPositions runs;
    private final Parameter scale;
    private final Parameter shift;
    private final RunningStatistics running;
    private final Normalize normalize;
    private final Normalize.Slopes slopes;
    private final ChannelSums statistics;
    private final boolean gathered;
    private double count;
    private Tensor x;
    private Tensor y;

    /**
     * How statistics are taken.
     *
     * @param decay weight of the old running value
     */
    public record Options(double epsilon, double decay, boolean isSynchronized) {}

    public BatchNorm(NormSpec site, Options options) {
        this(site, options, null);
    }

    /** @param gatheredBefore the sums of its (rectified) input, which the layer before gathers; null where it has to sum itself */
    public BatchNorm(NormSpec site, Options options, ChannelSums gatheredBefore) {
        this(site, options, null, gatheredBefore, null);
    }

    /** Of sequences, with padding where lengths are given. */
    public static BatchNorm ofSequences(NormSpec site, Options options, SequenceLengths lengths) {
        return new BatchNorm(site, options, null, null, lengths);
    }

    /**
     * Of images {@code [H, W, C]}, each value with statistics, γ and β of its own, as in fully connected layers (the paper's
     * section 3.2 has one for all positions of a channel; its ensemble, section 4.2.3, has some models with this).
     */
    public static BatchNorm perActivation(NormSpec site, Options options, Shape image) {
        return new BatchNorm(site, options, image, null, null);
    }

    private BatchNorm(
            NormSpec site, Options options, Shape image, ChannelSums gatheredBefore, SequenceLengths lengths) {
        this.site = site;
        this.options = options;
        this.features = image == null ? site.channels() : image.size();
        this.runs = new ValidPositions(features, lengths);
        this.gathered = gatheredBefore != null;
        this.statistics = gathered ? gatheredBefore : new ChannelSums(features, site.inputFloor());
        String weight = site.name() + ".weight";
        String bias = site.name() + ".bias";
        RunningStatistics.Rule rule = new RunningStatistics.Rule(options.decay(), options.isSynchronized(), true);
        if (image == null) {
            this.scale = Parameter.vector(weight, features, Parameter.Role.NORM_SCALE);
            this.shift = Parameter.vector(bias, features, Parameter.Role.NORM_SHIFT);
            this.running = RunningStatistics.ofChannels(site.name(), features, rule);
        } else {
            this.scale = Parameter.perValueOf(image, weight, Parameter.Role.NORM_SCALE);
            this.shift = Parameter.perValueOf(image, bias, Parameter.Role.NORM_SHIFT);
            this.running = RunningStatistics.perValueOf(image, site.name(), rule);
        }
        this.normalize = new Normalize(new NormSpec(site.name(), features, site.rectifiesInput(), site.activation()));
        this.slopes = new Normalize.Slopes(features);
    }

    public NormSpec site() {
        return site;
    }

    public double epsilon() {
        return options.epsilon();
    }

    /** Whether each value of an image has statistics, γ and β of its own. */
    public boolean isPerActivation() {
        return features != site.channels();
    }

    @Override
    public boolean isSynchronized() {
        return options.isSynchronized();
    }

    @Override
    public String name() {
        return site.name();
    }

    @Override
    public int valuesPerExample(Shape input) {
        return input.size() / features;
    }

    @Override
    public Shape outputShape(Shape input) {
        boolean fits = input.rank() > 0
                && input.last() == site.channels()
                && (features == site.channels() || input.size() == features);
        if (!fits) {
            throw new IllegalArgumentException(site.name() + " of " + features
                    + (features == site.channels() ? " channels" : " values") + " does not fit examples of shape "
                    + input);
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
        x = input;
        y = Tensor.reuse(y, x.shape());
        if (pass.training()) {
            takeBatchStatistics(pass);
        } else {
            takeRunningStatistics();
        }
        normalize.apply(scale, shift);
        for (int run = 0; run < runs.joined(x); run++) {
            normalize.forward(x, addend, y, runs.from(x, run), runs.joinedTo(x, run), activation);
            runs.clearRest(y, run);
        }
        return y;
    }

    /**
     * What a norm does in inference, y = factor·x + term: factor = γ/√(σ² + ε), term = β − μ·factor, of each channel, or of
     * each value in the order of files.
     */
    public record Affine(double[] factors, double[] terms) {}

    /**
     * Its map in inference, before its activation and behind the rectification of its input.
     *
     * @param weights all of the network
     * @param buffers all of the network
     */
    public Affine inferenceMap(float[] weights, float[] buffers) {
        float[] gamma = scale.toFile(weights);
        float[] beta = shift.toFile(weights);
        float[] means = running.toFile(buffers).get(0);
        float[] variances = running.toFile(buffers).get(1);
        Affine map = new Affine(new double[features], new double[features]);
        for (int i = 0; i < features; i++) {
            map.factors()[i] = gamma[i] / Math.sqrt(variances[i] + options.epsilon());
            map.terms()[i] = beta[i] - means[i] * map.factors()[i];
        }
        return map;
    }

    private void takeBatchStatistics(Pass pass) {
        if (!gathered) {
            statistics.begin();
            for (int run = 0; run < runs.joined(x); run++) {
                statistics.addSquares(x.data(), runs.from(x, run), runs.joinedTo(x, run));
            }
        }
        double[] sums = statistics.squares();
        if (isSynchronized()) {
            sums = pass.allReduce().sum(site.name() + ".forward", sums);
        }
        count = sums[0];
        if (count == 0 && !isSynchronized()) {
            double[] nothing = new double[features];
            running.observe(0, nothing, nothing);
            return;
        }
        if (count <= 1) {
            throw new RefusedException(
                    site.name() + " sees " + (long) count + " value a channel, and a variance needs two",
                    "raise batch-size, or lower slices where these are normalized alone");
        }
        Moments moments = Moments.of(sums);
        for (int c = 0; c < features; c++) {
            setStatistics(c, moments.mean()[c], moments.variance()[c]);
        }
        running.observe(count, moments.mean(), moments.unbiasedVariance());
    }

    private void takeRunningStatistics() {
        for (int c = 0; c < features; c++) {
            setStatistics(c, running.mean(c), running.variance(c));
        }
    }

    private void setStatistics(int channel, double mean, double variance) {
        normalize.statistics(channel, mean, 1 / Math.sqrt(variance + options.epsilon()));
    }

    /** dx = γ/σ · (d − Σd/m − x̂·Σ(d·x̂)/m) (Ioffe and Szegedy 2015, section 3). */
    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        Tensor dx = pass.scratch().take(x.shape());
        normalize.beginSums();
        for (int run = 0; run < runs.joined(x); run++) {
            normalize.addToSums(x, y, dy, runs.from(x, run), runs.joinedTo(x, run));
        }
        double[] sums = normalize.sums();
        scale.addGradient(sums, features);
        shift.addGradient(sums, 0);
        if (isSynchronized()) {
            sums = pass.allReduce().sum(site.name() + ".backward", sums);
        }
        for (int c = 0; c < features; c++) {
            double inverse = normalize.inverseDeviation(c);
            double factor = inverse * scale.values()[scale.offset() + c];
            double slope = -factor * inverse * sums[features + c] / count;
            slopes.set(c, factor, -factor * sums[c] / count, slope, normalize.mean(c));
        }
        normalize.apply(slopes);
        for (int run = 0; run < runs.joined(x); run++) {
            normalize.backward(x, y, dy, dx, runs.from(x, run), runs.joinedTo(x, run));
            runs.clearRest(dx, run);
        }
        return dx;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(scale, shift);
    }

    @Override
    public List<RunningStatistics> runningStatistics() {
        return List.of(running);
    }

    @Override
    public String toString() {
        String each = features == site.channels() ? "" : " (each value its own)";
        return site.describe("BatchNorm " + features + each) + (isSynchronized() ? "" : " (each slice its own)");
    }
}
