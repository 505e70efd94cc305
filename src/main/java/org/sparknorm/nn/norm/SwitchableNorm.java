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
 * Switchable normalization (Luo et al. 2018, section 3): y = γ·(x − Σ wₖμₖ)/√(Σ wₖ′σₖ² + ε) + β with the statistics k of
 * the instance (an example's channel), of the layer (the example, all channels) and of the batch (a channel, all examples),
 * w = softmax({@code mean_weight}), w′ = softmax({@code var_weight}). Vectors {@code [N, C]} have no instances: they mix
 * layer and batch alone.
 *
 * <p>The batch's part is that of {@link BatchNorm}: over all slices where synchronized, and running values in inference.
 * Positions of a sequence that are padding count in no sum.
 */
public final class SwitchableNorm implements FusesResidual, BatchStatistics {
    private final NormSpec site;
    private final BatchNorm.Options options;
    private final boolean hasInstances;
    private final ValidPositions runs;
    private final Parameter scale;
    private final Parameter shift;
    private final Parameter meanWeight;
    private final Parameter varianceWeight;
    private final RunningStatistics running;
    private final ChannelSums statistics;
    private final Normalize normalize;
    private final Normalize.Slopes slopes;
    private final MixedStatistics mixture;
    private Tensor x;
    private Tensor y;

    /**
     * @param vectors whether its examples are vectors
     * @param lengths null where nothing is padded
     */
    public SwitchableNorm(NormSpec site, BatchNorm.Options options, boolean vectors, SequenceLengths lengths) {
        int channels = site.channels();
        int kinds = vectors ? 2 : 3;
        this.site = site;
        this.options = options;
        this.hasInstances = !vectors;
        this.runs = new ValidPositions(channels, lengths);
        this.scale = Parameter.vector(site.name() + ".weight", channels, Parameter.Role.NORM_SCALE);
        this.shift = Parameter.vector(site.name() + ".bias", channels, Parameter.Role.NORM_SHIFT);
        this.meanWeight = Parameter.vector(site.name() + ".mean_weight", kinds, Parameter.Role.NORM_SCALE);
        this.varianceWeight = Parameter.vector(site.name() + ".var_weight", kinds, Parameter.Role.NORM_SCALE);
        this.running = RunningStatistics.ofChannels(
                site.name(), channels, new RunningStatistics.Rule(options.decay(), options.isSynchronized(), false));
        this.statistics = new ChannelSums(channels, site.inputFloor());
        this.normalize = new Normalize(site);
        this.slopes = new Normalize.Slopes(channels);
        this.mixture = new MixedStatistics(channels, hasInstances);
    }

    public NormSpec site() {
        return site;
    }

    public double epsilon() {
        return options.epsilon();
    }

    @Override
    public String name() {
        return site.name();
    }

    @Override
    public boolean isSynchronized() {
        return options.isSynchronized();
    }

    @Override
    public int valuesPerExample(Shape input) {
        return input.size() / site.channels();
    }

    @Override
    public Shape outputShape(Shape input) {
        boolean fits = input.rank() > 0 && input.last() == site.channels() && (input.rank() > 1) == hasInstances;
        if (!fits) {
            throw new IllegalArgumentException(
                    site.name() + " of " + site.channels() + " channels does not fit examples of shape " + input);
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
        int channels = site.channels();
        mixture.begin(x.count());
        mixture.weigh(meanWeight, varianceWeight);
        double[] batch = new double[1 + 2 * channels];
        double[] sums = new double[1 + 2 * channels];
        for (int example = 0; example < x.count(); example++) {
            statistics.begin();
            statistics.addSquares(x.data(), runs.from(x, example), runs.to(x, example));
            statistics.squares(sums);
            mixture.observe(example, sums);
            for (int i = 0; i < sums.length; i++) {
                batch[i] += sums[i];
            }
        }
        takeBatch(batch, pass);
        for (int example = 0; example < x.count(); example++) {
            apply(example);
            normalize.forward(x, addend, y, runs.from(x, example), runs.to(x, example), activation);
            runs.clearRest(y, example);
        }
        return y;
    }

    private void takeBatch(double[] own, Pass pass) {
        int channels = site.channels();
        if (!pass.training()) {
            for (int c = 0; c < channels; c++) {
                mixture.batch(c, running.mean(c), running.variance(c));
            }
            return;
        }
        double[] sums = isSynchronized() ? pass.allReduce().sum(site.name() + ".forward", own) : own;
        mixture.batchCount(sums[0]);
        if (sums[0] == 0 && !isSynchronized()) {
            double[] nothing = new double[channels];
            running.observe(0, nothing, nothing);
            return;
        }
        if (sums[0] <= 1) {
            throw new RefusedException(
                    site.name() + " sees " + (long) sums[0] + " value a channel, and a variance needs two",
                    "raise batch-size, or lower slices where these are normalized alone");
        }
        Moments moments = Moments.of(sums);
        for (int c = 0; c < channels; c++) {
            mixture.batch(c, moments.mean()[c], moments.variance()[c]);
        }
        running.observe(sums[0], moments.mean(), moments.unbiasedVariance());
    }

    /** Makes the mixed statistics of an example those that are normalized with. */
    private void apply(int example) {
        for (int c = 0; c < site.channels(); c++) {
            normalize.statistics(
                    c, mixture.mean(example, c), 1 / Math.sqrt(mixture.variance(example, c) + options.epsilon()));
        }
        normalize.apply(scale, shift);
    }

    /**
     * With gμ = −γ/σ·Σd and gσ² = −γ/(2σ²)·Σ(d·x̂), the gradients by an example's mixed statistics, dx = γ/σ·d + Σₖ over the
     * statistics (wₖ·Gμₖ + 2wₖ′·Gσ²ₖ·(x − μₖ))/mₖ, where Gₖ sums g over all that statistic k was mixed into, and mₖ is the
     * number of values it was made of.
     */
    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        int channels = site.channels();
        Tensor dx = pass.scratch().take(x.shape());
        double[] totals = new double[2 * channels];
        for (int example = 0; example < x.count(); example++) {
            apply(example);
            normalize.beginSums();
            normalize.addToSums(x, y, dy, runs.from(x, example), runs.to(x, example));
            double[] own = normalize.sums();
            for (int c = 0; c < channels; c++) {
                totals[c] += own[c];
                totals[channels + c] += own[channels + c];
                double inverse = normalize.inverseDeviation(c);
                double factor = inverse * scale.values()[scale.offset() + c];
                mixture.addGradient(example, c, -factor * own[c], -0.5 * factor * inverse * own[channels + c]);
            }
        }
        scale.addGradient(totals, channels);
        shift.addGradient(totals, 0);
        mixture.addWeightGradients(meanWeight, varianceWeight);
        double[] batch = mixture.batchGradients();
        if (isSynchronized()) {
            batch = pass.allReduce().sum(site.name() + ".backward", batch);
        }
        for (int example = 0; example < x.count(); example++) {
            apply(example);
            for (int c = 0; c < channels; c++) {
                double factor = (double) normalize.inverseDeviation(c) * scale.values()[scale.offset() + c];
                mixture.slope(example, c, factor, batch, slopes);
            }
            normalize.apply(slopes);
            normalize.backward(x, y, dy, dx, runs.from(x, example), runs.to(x, example));
            runs.clearRest(dx, example);
        }
        return dx;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(scale, shift, meanWeight, varianceWeight);
    }

    @Override
    public List<RunningStatistics> runningStatistics() {
        return List.of(running);
    }

    @Override
    public String toString() {
        return site.describe("SwitchableNorm " + site.channels()) + (isSynchronized() ? "" : " (each slice its own)");
    }
}
