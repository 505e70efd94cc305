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
 * Batch normalization over the channels of {@code [N, C]}, {@code [N, T, C]} or {@code [N, H, W, C]} (Ioffe and Szegedy
 * 2015, algorithm 1): x̂ = (x − μ)/√(σ² + ε), y = γ·x̂ + β.
 *
 * <p>In training, μ and the biased σ² are those of the whole mini-batch over all slices; m, the number of values per
 * channel, is the true count, so uneven and empty slices are normal, and positions of a sequence that are padding count
 * in no sum. Without synchronization each slice uses its own. In inference they are the running values, running ←
 * decay·running + (1 − decay)·batch, where decay weighs the old value (0.9 is PyTorch's momentum 0.1) and the batch's
 * variance is the unbiased one.
 */
public final class BatchNorm implements FusesResidual, BatchStatistics {
    private final NormSpec spec;
    private final Options options;
    /** The number of channels, or of all values of an image. */
    private final int features;

    private final NormShell shell;
    private final RunningStatistics running;
    private final BatchMoments batch;
    private final Normalize.Statistics statistics;
    private final ChannelSums sums;
    private final boolean gathered;
    private Normalize.ChannelMap map;

    /**
     * How statistics are taken.
     *
     * @param decay weight of the old running value
     */
    public record Options(double epsilon, double decay, boolean isSynchronized) {}

    public BatchNorm(NormSpec spec, Options options) {
        this(spec, options, null);
    }

    /**
     * @param gatheredBefore the sums of its (rectified) input, which the layer before gathers; null where the norm has
     *     to sum itself
     */
    public BatchNorm(NormSpec spec, Options options, ChannelSums gatheredBefore) {
        this(spec, options, null, gatheredBefore, null);
    }

    /**
     * Makes the norm of sequences.
     *
     * @param lengths null where nothing is padded
     */
    public static BatchNorm ofSequences(NormSpec spec, Options options, SequenceLengths lengths) {
        return new BatchNorm(spec, options, null, null, lengths);
    }

    /**
     * Makes the norm of images {@code [H, W, C]} whose values have statistics, γ and β each of its own, as in fully
     * connected layers (the paper's section 3.2 has one for all positions of a channel; its ensemble, section 4.2.3,
     * has some models with this).
     */
    public static BatchNorm perActivation(NormSpec spec, Options options, Shape image) {
        return new BatchNorm(spec, options, image, null, null);
    }

    private BatchNorm(
            NormSpec spec, Options options, Shape image, ChannelSums gatheredBefore, SequenceLengths lengths) {
        this.spec = spec;
        this.options = options;
        this.features = image == null ? spec.channels() : image.size();
        this.gathered = gatheredBefore != null;
        this.sums = gathered ? gatheredBefore : new ChannelSums(features, spec.inputFloor());
        this.statistics = new Normalize.Statistics(features);
        ValidPositions positions = new ValidPositions(features, lengths, false);
        RunningStatistics.Rule rule = new RunningStatistics.Rule(options.decay(), options.isSynchronized(), true);
        if (image == null) {
            this.shell = new NormShell(spec, positions);
            this.running = RunningStatistics.ofChannels(spec.name(), features, rule);
        } else {
            this.shell = new NormShell(
                    spec,
                    positions,
                    Parameter.perValueOf(image, NormShell.scaleName(spec), Parameter.Role.NORM_SCALE),
                    Parameter.perValueOf(image, NormShell.shiftName(spec), Parameter.Role.NORM_SHIFT));
            this.running = RunningStatistics.perValueOf(image, spec.name(), rule);
        }
        this.batch = new BatchMoments(spec, options.isSynchronized(), running);
    }

    public NormSpec spec() {
        return spec;
    }

    public double epsilon() {
        return options.epsilon();
    }

    /** Whether each value of an image has statistics, γ and β of its own. */
    public boolean isPerActivation() {
        return features != spec.channels();
    }

    @Override
    public boolean isSynchronized() {
        return options.isSynchronized();
    }

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public int valuesPerExample(Shape input) {
        return input.size() / features;
    }

    @Override
    public Shape outputShape(Shape input) {
        if (!spec.hasChannelsOf(input) || (isPerActivation() && input.size() != features)) {
            throw spec.doesNotFit(features + (isPerActivation() ? " values" : " channels"), input);
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
        if (pass.training()) {
            batch.ofBatch(sums(), pass, this::setStatistics);
        } else {
            batch.ofRunning(this::setStatistics);
        }
        map = shell.map(statistics);
        for (int segment = 0; segment < shell.segments(); segment++) {
            shell.normalize(map, segment, residual, activation);
        }
        return shell.output();
    }

    private double[] sums() {
        if (!gathered) {
            sums.begin();
            for (int segment = 0; segment < shell.segments(); segment++) {
                shell.addSquares(sums, segment);
            }
        }
        return sums.squares();
    }

    private void setStatistics(int channel, double mean, double variance) {
        statistics.set(channel, mean, 1 / Math.sqrt(variance + options.epsilon()));
    }

    /**
     * What a norm does in inference, y = factor·x + term: factor = γ/√(σ² + ε), term = β − μ·factor, per channel, or
     * for each value in the order of files.
     */
    public record Affine(double[] factors, double[] terms) {}

    /**
     * Gives its map in inference, before its activation and after the rectification of its input.
     *
     * @param weights all of the network
     * @param buffers all of the network
     */
    public Affine inferenceMap(float[] weights, float[] buffers) {
        float[] gamma = shell.scale().toFile(weights);
        float[] beta = shell.shift().toFile(weights);
        float[] means = running.toFile(buffers).get(0);
        float[] variances = running.toFile(buffers).get(1);
        Affine affine = new Affine(new double[features], new double[features]);
        for (int i = 0; i < features; i++) {
            affine.factors()[i] = gamma[i] / Math.sqrt(variances[i] + options.epsilon());
            affine.terms()[i] = beta[i] - means[i] * affine.factors()[i];
        }
        return affine;
    }

    /** dx = γ/σ · (d − Σd/m − x̂·Σ(d·x̂)/m) (Ioffe and Szegedy 2015, section 3). */
    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        Tensor dx = shell.takeInputGradient(pass);
        Normalize.GradientSums gradientSums = map.gradientSums();
        for (int segment = 0; segment < shell.segments(); segment++) {
            shell.addGradients(gradientSums, dy, segment);
        }
        double[] totals = gradientSums.totals();
        shell.addParameterGradients(totals);
        totals = batch.gradientsOverSlices(totals, pass);
        Normalize.Slopes slopes = shell.slopes();
        for (int c = 0; c < features; c++) {
            double inverse = statistics.inverseDeviations()[c];
            double factor = inverse * shell.scale(c);
            double varianceTerm = -factor * inverse * totals[features + c] / batch.count();
            slopes.set(
                    c,
                    factor,
                    -factor * totals[c] / batch.count(),
                    varianceTerm,
                    statistics.means()[c]);
        }
        Normalize.InputGradient gradient = map.inputGradient(slopes);
        for (int segment = 0; segment < shell.segments(); segment++) {
            shell.writeInputGradient(gradient, dy, dx, segment);
        }
        return dx;
    }

    @Override
    public List<Parameter> parameters() {
        return shell.parameters();
    }

    @Override
    public List<RunningStatistics> runningStatistics() {
        return List.of(running);
    }

    @Override
    public String toString() {
        String each = isPerActivation() ? " (each value its own)" : "";
        return spec.describe("BatchNorm " + features + each) + (isSynchronized() ? "" : " (each slice its own)");
    }
}
