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
 * Switchable normalization (Luo et al. 2018, section 3): y = γ·(x − Σ wₖμₖ)/√(Σ wₖ′σₖ² + ε) + β with the statistics k
 * of the instance (an example's channel), of the layer (the example, all channels) and of the batch (a channel, all
 * examples), w = softmax({@code mean_weight}), w′ = softmax({@code var_weight}). Vectors {@code [N, C]} have no
 * instances: they mix layer and batch alone.
 *
 * <p>The batch's part is that of {@link BatchNorm}: over all slices where synchronized, and running values in
 * inference. Positions of a sequence that are padding count in no sum.
 */
public final class SwitchableNorm implements FusesResidual, BatchStatistics {
    private final NormSpec spec;
    private final BatchNorm.Options options;
    private final boolean hasInstances;
    private final NormShell shell;
    private final Parameter meanWeight;
    private final Parameter varianceWeight;
    private final RunningStatistics running;
    private final BatchMoments batch;
    private final ChannelSums sums;
    private final Normalize.Statistics statistics;
    private final MixedStatistics mixture;

    /**
     * @param vectors whether its examples are vectors
     * @param lengths null where nothing is padded
     */
    public SwitchableNorm(NormSpec spec, BatchNorm.Options options, boolean vectors, SequenceLengths lengths) {
        int channels = spec.channels();
        int kinds = vectors ? 2 : 3;
        this.spec = spec;
        this.options = options;
        this.hasInstances = !vectors;
        this.shell = new NormShell(spec, new ValidPositions(channels, lengths, true));
        this.meanWeight = Parameter.vector(spec.name() + ".mean_weight", kinds, Parameter.Role.NORM_SCALE);
        this.varianceWeight = Parameter.vector(spec.name() + ".var_weight", kinds, Parameter.Role.NORM_SCALE);
        this.running = RunningStatistics.ofChannels(
                spec.name(), channels, new RunningStatistics.Rule(options.decay(), options.isSynchronized(), false));
        this.batch = new BatchMoments(spec, options.isSynchronized(), running);
        this.sums = new ChannelSums(channels, spec.inputFloor());
        this.statistics = new Normalize.Statistics(channels);
        this.mixture = new MixedStatistics(channels, hasInstances);
    }

    public NormSpec spec() {
        return spec;
    }

    public double epsilon() {
        return options.epsilon();
    }

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public boolean isSynchronized() {
        return options.isSynchronized();
    }

    @Override
    public int valuesPerExample(Shape input) {
        return input.size() / spec.channels();
    }

    @Override
    public Shape outputShape(Shape input) {
        if (!spec.hasChannelsOf(input) || (input.rank() > 1) != hasInstances) {
            throw spec.doesNotFit(input);
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
        mixture.begin(shell.examples());
        mixture.weigh(meanWeight, varianceWeight);
        double[] batchSums = observeExamples();
        if (pass.training()) {
            batch.ofBatch(batchSums, pass, mixture::batch);
            mixture.batchCount(batch.count());
        } else {
            batch.ofRunning(mixture::batch);
        }
        for (int example = 0; example < shell.examples(); example++) {
            shell.normalize(map(example), example, residual, activation);
        }
        return shell.output();
    }

    /** Takes the statistics of all examples; gives the sums of the slice's part of the batch. */
    private double[] observeExamples() {
        double[] total = new double[1 + 2 * spec.channels()];
        double[] own = new double[total.length];
        for (int example = 0; example < shell.examples(); example++) {
            sums.begin();
            shell.addSquares(sums, example);
            sums.squares(own);
            mixture.observe(example, own);
            for (int i = 0; i < own.length; i++) {
                total[i] += own[i];
            }
        }
        return total;
    }

    private Normalize.ChannelMap map(int example) {
        for (int c = 0; c < spec.channels(); c++) {
            statistics.set(
                    c, mixture.mean(example, c), 1 / Math.sqrt(mixture.variance(example, c) + options.epsilon()));
        }
        return shell.map(statistics);
    }

    /** γ/σ of a channel of the example that was mapped last. */
    private double factor(int channel) {
        return (double) statistics.inverseDeviations()[channel] * shell.scale(channel);
    }

    /**
     * With gμ = −γ/σ·Σd and gσ² = −γ/(2σ²)·Σ(d·x̂), the gradients by an example's mixed statistics, dx = γ/σ·d + Σₖ
     * over the statistics (wₖ·Gμₖ + 2wₖ′·Gσ²ₖ·(x − μₖ))/mₖ, where Gₖ sums g over all that statistic k was mixed into,
     * and mₖ is the number of values it was made of.
     */
    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        Tensor dx = shell.takeInputGradient(pass);
        shell.addParameterGradients(addExampleGradients(dy));
        mixture.addWeightGradients(meanWeight, varianceWeight);
        double[] batchGradients = batch.gradientsOverSlices(mixture.batchGradients(), pass);
        Normalize.Slopes slopes = shell.slopes();
        for (int example = 0; example < shell.examples(); example++) {
            Normalize.ChannelMap map = map(example);
            for (int c = 0; c < spec.channels(); c++) {
                mixture.slope(example, c, factor(c), batchGradients, slopes);
            }
            shell.writeInputGradient(map.inputGradient(slopes), dy, dx, example);
        }
        return dx;
    }

    /** Takes the gradients by the statistics of all examples; gives Σd and Σd·x̂ per channel over them. */
    private double[] addExampleGradients(Tensor dy) {
        int channels = spec.channels();
        double[] totals = new double[2 * channels];
        for (int example = 0; example < shell.examples(); example++) {
            Normalize.GradientSums gradientSums = map(example).gradientSums();
            shell.addGradients(gradientSums, dy, example);
            double[] own = gradientSums.totals();
            for (int c = 0; c < channels; c++) {
                totals[c] += own[c];
                totals[channels + c] += own[channels + c];
                double inverse = statistics.inverseDeviations()[c];
                double factor = inverse * shell.scale(c);
                mixture.addGradient(example, c, -factor * own[c], -0.5 * factor * inverse * own[channels + c]);
            }
        }
        return totals;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(shell.scale(), shell.shift(), meanWeight, varianceWeight);
    }

    @Override
    public List<RunningStatistics> runningStatistics() {
        return List.of(running);
    }

    @Override
    public String toString() {
        return spec.describe("SwitchableNorm " + spec.channels()) + (isSynchronized() ? "" : " (each slice its own)");
    }
}
