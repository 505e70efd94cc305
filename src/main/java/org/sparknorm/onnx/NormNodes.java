package org.sparknorm.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sparknorm.nn.FusesResidual;
import org.sparknorm.nn.Parameter;
import org.sparknorm.nn.RunningStatistics;
import org.sparknorm.nn.Softmax;
import org.sparknorm.nn.norm.BatchNorm;
import org.sparknorm.nn.norm.GroupNorm;
import org.sparknorm.nn.norm.LayerNorm;
import org.sparknorm.nn.norm.NormSpec;
import org.sparknorm.nn.norm.SwitchableNorm;
import org.sparknorm.tensor.Shape;

/** Writes norms in inference, without the activations after them. */
final class NormNodes {
    private static final String EPSILON = "epsilon";

    private final ModelConstants trained;
    private final Graph graph;
    private final SequenceNodes sequences;

    NormNodes(ModelConstants trained, SequenceNodes sequences) {
        this.trained = trained;
        this.graph = trained.graph();
        this.sequences = sequences;
    }

    String add(FusesResidual norm, String x, Shape input) {
        if (norm instanceof BatchNorm batch) {
            return trained.folding().contains(batch) ? x : batch(batch, rectified(batch.spec(), x), input);
        }
        if (norm instanceof GroupNorm group) {
            return group(group, rectified(group.spec(), x), input);
        }
        if (norm instanceof SwitchableNorm switchable) {
            return switchable(switchable, rectified(switchable.spec(), x), input);
        }
        throw new IllegalArgumentException("a norm has no counterpart in ONNX: " + norm);
    }

    private String rectified(NormSpec spec, String x) {
        return spec.rectifiesInput() ? graph.node("Relu", "relu", List.of(x)) : x;
    }

    /** Layer norm of each vector or position. */
    String layer(LayerNorm norm, String x) {
        List<Parameter> parameters = norm.parameters();
        return graph.node(
                "LayerNormalization",
                name(parameters.get(0)),
                List.of(x, trained.constant(parameters.get(0)), trained.constant(parameters.get(1))),
                Attribute.of("axis", -1),
                Attribute.of(EPSILON, norm.epsilon()));
    }

    private static String name(Parameter scale) {
        return scale.name().substring(0, scale.name().lastIndexOf('.'));
    }

    private String batch(BatchNorm norm, String x, Shape input) {
        String name = norm.spec().name();
        boolean hasChannelsLast = input.rank() == 2;
        if (norm.isPerActivation() || hasChannelsLast) {
            Shape shape = hasChannelsLast ? Shape.of(input.last()) : channelsFirst(input);
            BatchNorm.Affine map = trained.map(norm);
            String factors = graph.constant(name + ".factor", shape, floats(map.factors()));
            String terms = graph.constant(name + ".term", shape, floats(map.terms()));
            return graph.node("Add", name, List.of(graph.node("Mul", name, List.of(x, factors)), terms));
        }
        List<String> inputs = new ArrayList<>(List.of(x));
        norm.parameters().forEach(parameter -> inputs.add(trained.constant(parameter)));
        RunningStatistics running = norm.runningStatistics().get(0);
        Shape channels = Shape.of(running.channels());
        List<float[]> statistics = running.toFile(trained.buffers());
        inputs.add(graph.constant(name + ".running_mean", channels, statistics.get(0)));
        inputs.add(graph.constant(name + ".running_var", channels, statistics.get(1)));
        return graph.node("BatchNormalization", name, inputs, Attribute.of(EPSILON, norm.epsilon()));
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static Shape channelsFirst(Shape image) {
        return Shape.of(image.last(), image.dimension(0), image.dimension(1));
    }

    /** The shape of one value per channel that broadcasts over {@code input}. */
    private static Shape perChannel(Shape input) {
        return input.rank() == 3 ? Shape.of(input.last(), 1, 1) : Shape.of(input.last());
    }

    private String group(GroupNorm norm, String x, Shape input) {
        return scaled(
                norm.parameters(), input.rank() == 2 ? ofGroups(norm, x, input) : ofGroupsFirst(norm, x, input), input);
    }

    /** Group norm of vectors and images: instance norm, with each group as one channel. */
    private String ofGroupsFirst(GroupNorm norm, String x, Shape input) {
        String name = norm.spec().name();
        int groups = norm.groups();
        float[] ones = new float[groups];
        Arrays.fill(ones, 1f);
        String one = graph.constant(name + ".one", Shape.of(groups), ones);
        String zero = graph.constant(name + ".zero", Shape.of(groups), new float[groups]);
        String apart = reshaped(name, x, 0, groups, -1);
        String normalized = graph.node(
                "InstanceNormalization", name, List.of(apart, one, zero), Attribute.of(EPSILON, norm.epsilon()));
        if (input.rank() == 1) {
            return reshaped(name, normalized, 0, input.last());
        }
        return reshaped(name, normalized, 0, input.last(), input.dimension(0), input.dimension(1));
    }

    /** Group norm of sequences, as {@code [N, T, G, S]} with S channels per group. */
    private String ofGroups(GroupNorm norm, String x, Shape input) {
        String name = norm.spec().name();
        int size = input.last() / norm.groups();
        String apart = reshaped(name, x, 0, 0, norm.groups(), size);
        String mean = sequences.mean(apart, 1, 3);
        String distance = graph.node("Sub", name, List.of(apart, mean));
        String variance = sequences.mean(squared(distance), 1, 3);
        return reshaped(name, divided(distance, variance, norm.epsilon()), 0, 0, input.last());
    }

    private String reshaped(String name, String x, long... shape) {
        return graph.node("Reshape", name, List.of(x, graph.integers(name + ".shape", shape)));
    }

    private String squared(String x) {
        return graph.node("Mul", "square", List.of(x, x));
    }

    /** distance/√(variance + ε). */
    private String divided(String distance, String variance, double epsilon) {
        String sum = graph.node("Add", "variance", List.of(variance, graph.number(EPSILON, epsilon)));
        return graph.node("Div", "normalized", List.of(distance, graph.node("Sqrt", "deviation", List.of(sum))));
    }

    /** γ·x̂ + β. */
    private String scaled(List<Parameter> parameters, String normalized, Shape input) {
        String name = name(parameters.get(0));
        String scale = trained.constant(parameters.get(0), perChannel(input));
        String shift = trained.constant(parameters.get(1), perChannel(input));
        return graph.node("Add", name, List.of(graph.node("Mul", name, List.of(normalized, scale)), shift));
    }

    /** Mixes the statistics of the instance (not for vectors), of the layer and of the batch. */
    private String switchable(SwitchableNorm norm, String x, Shape input) {
        List<String> means = new ArrayList<>();
        List<String> variances = new ArrayList<>();
        if (input.rank() > 1) {
            long[] positions = input.rank() == 3 ? new long[] {2, 3} : new long[] {1};
            observe(x, positions, means, variances);
        }
        long[] all = new long[input.rank()];
        Arrays.setAll(all, axis -> axis + 1);
        observe(x, all, means, variances);
        RunningStatistics running = norm.runningStatistics().get(0);
        List<float[]> batch = running.toFile(trained.buffers());
        means.add(graph.constant(running.name() + ".running_mean", perChannel(input), batch.get(0)));
        variances.add(graph.constant(running.name() + ".running_var", perChannel(input), batch.get(1)));
        List<Parameter> parameters = norm.parameters();
        String mean = mixed(means, parameters.get(2));
        String variance = mixed(variances, parameters.get(3));
        String distance = graph.node("Sub", norm.spec().name(), List.of(x, mean));
        return scaled(parameters, divided(distance, variance, norm.epsilon()), input);
    }

    /** Adds mean and variance over some axes to the lists. */
    private void observe(String x, long[] axes, List<String> means, List<String> variances) {
        String mean = sequences.mean(x, axes);
        means.add(mean);
        variances.add(sequences.mean(squared(graph.node("Sub", "distance", List.of(x, mean))), axes));
    }

    /** Σ wₖ·sₖ with w = softmax(logits). */
    private String mixed(List<String> statistics, Parameter logits) {
        double[] shares = new double[statistics.size()];
        Softmax.add(logits.toFile(trained.weights()), 0, shares);
        String sum = null;
        for (int kind = 0; kind < shares.length; kind++) {
            String share = graph.number(logits.name() + ".share", shares[kind]);
            String part = graph.node("Mul", "part", List.of(statistics.get(kind), share));
            sum = sum == null ? part : graph.node("Add", "mixture", List.of(sum, part));
        }
        return sum;
    }
}
