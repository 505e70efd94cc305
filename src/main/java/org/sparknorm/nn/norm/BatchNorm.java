package org.sparknorm.nn.norm;

import java.util.List;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Joining;
import org.sparknorm.nn.Parameter;
import org.sparknorm.nn.Pass;
import org.sparknorm.nn.RunningStatistics;
import org.sparknorm.tensor.ChannelSums;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/**
 * Batch normalization over the channels of {@code [N, C]} or {@code [N, H, W, C]} (Ioffe and Szegedy 2015, algorithm 1):
 * x̂ = (x − μ)/√(σ² + ε), y = γ·x̂ + β.
 *
 * <p>In training, μ and the biased σ² are those of the whole mini-batch over all slices; m, the number of values a
 * channel has, is the true count, so uneven and empty slices are normal. Without synchronization each slice uses its
 * own. In inference they are the running values, running ← decay·running + (1 − decay)·batch, where decay weighs the old
 * value (0.9 is PyTorch's momentum 0.1) and the batch's variance is the unbiased one.
 */
public final class BatchNorm implements Joining {
    private final Specification specification;
    private final Parameter scale;
    private final Parameter shift;
    private final RunningStatistics running;
    private final Normalize normalize;
    private final float[] scales;
    private final float[] shifts;
    private double count;
    private final ChannelSums statistics;
    private final boolean gathered;
    private Tensor x;
    private Tensor y;

    /**
     * What a batch norm is made of.
     *
     * @param name prefix of its tensors' names
     * @param decay weight of the old running value
     * @param rectifiesInput whether max(x, 0) takes the place of x, in the same passes over memory
     * @param activation applied to y, in the same pass over memory
     */
    public record Specification(
            String name,
            int channels,
            double epsilon,
            double decay,
            boolean isSynchronized,
            boolean rectifiesInput,
            Activation.Kind activation) {

        /** Of one that takes its input as it is. */
        public Specification(
                String name,
                int channels,
                double epsilon,
                double decay,
                boolean isSynchronized,
                Activation.Kind activation) {
            this(name, channels, epsilon, decay, isSynchronized, false, activation);
        }

        float inputFloor() {
            return rectifiesInput ? 0f : Float.NEGATIVE_INFINITY;
        }
    }

    public BatchNorm(Specification specification) {
        this(specification, null);
    }

    /** @param gatheredBefore the sums of its (rectified) input, which the layer before gathers; null where it has to sum itself */
    public BatchNorm(Specification specification, ChannelSums gatheredBefore) {
        this.specification = specification;
        int channels = specification.channels();
        gathered = gatheredBefore != null;
        statistics = gathered ? gatheredBefore : new ChannelSums(channels, specification.inputFloor());
        scale = Parameter.vector(specification.name() + ".weight", channels, Parameter.Role.NORM_SCALE);
        shift = Parameter.vector(specification.name() + ".bias", channels, Parameter.Role.NORM_SHIFT);
        running = new RunningStatistics(
                specification.name(), channels, specification.decay(), specification.isSynchronized());
        normalize = new Normalize(channels, specification.inputFloor());
        scales = new float[channels];
        shifts = new float[channels];
    }

    public boolean isSynchronized() {
        return specification.isSynchronized();
    }

    public String name() {
        return specification.name();
    }

    @Override
    public Shape outputShape(Shape input) {
        if (input.rank() == 0 || input.last() != specification.channels()) {
            throw new IllegalArgumentException(specification.name() + " of " + specification.channels()
                    + " channels does not fit examples of shape " + input);
        }
        return input;
    }

    @Override
    public Tensor forward(Tensor input, Pass pass) {
        return forwardJoining(input, null, specification.activation(), pass);
    }

    @Override
    public Tensor forwardJoining(Tensor input, Tensor addend, Activation.Kind activation, Pass pass) {
        x = input;
        y = Tensor.reuse(y, x.shape());
        if (pass.training()) {
            takeBatchStatistics(pass);
        } else {
            takeRunningStatistics();
        }
        System.arraycopy(scale.values(), scale.offset(), scales, 0, scales.length);
        System.arraycopy(shift.values(), shift.offset(), shifts, 0, shifts.length);
        normalize.forward(x, addend, y, scales, shifts, activation);
        return y;
    }

    private void takeBatchStatistics(Pass pass) {
        if (!gathered) {
            statistics.begin();
            statistics.addSquares(x.data(), 0, x.size());
        }
        double[] sums = statistics.squares();
        if (isSynchronized()) {
            sums = pass.allReduce().sum(specification.name() + ".forward", sums);
        }
        count = sums[0];
        if (count == 0 && !isSynchronized()) {
            double[] nothing = new double[specification.channels()];
            running.observe(0, nothing, nothing);
            return;
        }
        if (count <= 1) {
            throw new IllegalStateException(
                    specification.name() + " sees " + (long) count + " value a channel: a variance needs two");
        }
        Moments moments = Moments.of(sums);
        for (int c = 0; c < specification.channels(); c++) {
            normalize.statistics(c, moments.mean()[c], moments.variance()[c], specification.epsilon());
        }
        running.observe(count, moments.mean(), moments.unbiasedVariance());
    }

    private void takeRunningStatistics() {
        for (int c = 0; c < specification.channels(); c++) {
            normalize.statistics(c, running.mean(c), running.variance(c), specification.epsilon());
        }
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        int channels = specification.channels();
        Tensor dx = pass.scratch().take(x.shape());
        Activation.Kind activation = specification.activation();
        double[] sums = normalize.backwardSums(x, y, dy, activation);
        for (int c = 0; c < channels; c++) {
            shift.gradients()[shift.offset() + c] += (float) sums[c];
            scale.gradients()[scale.offset() + c] += (float) sums[channels + c];
        }
        if (isSynchronized()) {
            sums = pass.allReduce().sum(specification.name() + ".backward", sums);
        }
        normalize.backward(x, y, dy, dx, scales, activation, new Normalize.Totals(sums, count));
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
        String activation = specification.activation() == Activation.Kind.NONE
                ? ""
                : ", " + new Activation(specification.activation());
        String input = specification.rectifiesInput() ? new Activation(Activation.Kind.RELU) + ", " : "";
        return input + "BatchNorm " + specification.channels() + activation
                + (isSynchronized() ? "" : " (each slice its own)");
    }
}
