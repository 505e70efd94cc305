package org.sparknorm.onnx;

import java.util.List;
import java.util.stream.LongStream;
import org.sparknorm.nn.Attention;
import org.sparknorm.nn.Parameter;
import org.sparknorm.nn.PositionEmbedding;
import org.sparknorm.nn.TokenEmbedding;
import org.sparknorm.nn.norm.Folding;
import org.sparknorm.tensor.Shape;

/**
 * Writes layers of sequences {@code [N, T, E]}. If these come from tokens, the zeros at the end of an example are
 * padding: no position attends to it, and no mean and no statistics count it; the values at padded positions are never
 * used and may be anything. An example that is all padding, which the network refuses, gives NaN.
 */
final class SequenceNodes {
    /** The axes of {@code [N, T, E]}. */
    private static final long POSITIONS = 1;

    private static final long CHANNELS = 2;
    /** Queries, keys and values, next to each other in one projection. */
    private static final int PARTS = 3;

    private static final String MASK = "mask";

    private final ModelConstants trained;
    private final Graph graph;
    /** {@code [N, T]}: whether a position is no padding; null if nothing is padded. */
    private String real;

    /** {@code [N, T, 1]}: weight of a position in a mean over its example: 1/length, and 0 for padding. */
    private String share;

    SequenceNodes(ModelConstants trained) {
        this.trained = trained;
        this.graph = trained.graph();
    }

    boolean arePadded() {
        return real != null;
    }

    /** Turns {@code [N, C, H, W]} into {@code [N, H·W, C]}. */
    String pixels(String x, Shape image) {
        String shape = graph.integers("sequence.shape", 0, image.last(), -1);
        String flat = graph.node("Reshape", "sequence", List.of(x, shape));
        return graph.node("Transpose", "sequence", List.of(flat), Attribute.list("perm", 0, CHANNELS, POSITIONS));
    }

    /** Embeds tokens {@code [N, T]}. Those after the last that is not 0 are padding. */
    String tokens(TokenEmbedding embedding, String tokens, Shape input) {
        long[] numbers = new long[input.last()];
        for (int position = 0; position < numbers.length; position++) {
            numbers[position] = position + 1L;
        }
        String places = graph.integers("mask.positions", numbers);
        String zero = graph.integers("mask.padding", 0);
        String isPadding = graph.node("Equal", MASK, List.of(tokens, zero));
        String isToken = graph.node("Not", MASK, List.of(isPadding));
        String ones = graph.node("Cast", MASK, List.of(isToken), Attribute.of("to", Graph.Element.LONG.number()));
        String seen = graph.node("Mul", MASK, List.of(ones, places));
        String length = graph.node("ReduceMax", MASK, List.of(seen), Attribute.list("axes", POSITIONS));
        real = graph.node("LessOrEqual", MASK, List.of(places, length));
        String counted = floats(real);
        String part = graph.node("Div", "share", List.of(counted, floats(length)));
        share = graph.node("Unsqueeze", "share", List.of(part, graph.integers("share.axis", CHANNELS)));
        Parameter vectors = embedding.parameters().get(0);
        return graph.node("Gather", "embed", List.of(trained.constant(vectors), tokens));
    }

    private String floats(String x) {
        return graph.node("Cast", MASK, List.of(x), Attribute.of("to", Graph.Element.FLOAT.number()));
    }

    String positions(PositionEmbedding embedding, String x) {
        String vectors = trained.constant(embedding.parameters().get(0));
        return graph.node("Add", "positions", List.of(x, vectors));
    }

    String linear(Folding.Product product, String x) {
        return linear(product.weightName(), product.biasName(), product, x);
    }

    private String linear(String weightName, String biasName, Folding.Product product, String x) {
        String weight = trained.transposed(weightName, product.shape(), product.weight());
        String y = graph.node("MatMul", product.name(), List.of(x, weight));
        if (product.bias() == null) {
            return y;
        }
        String bias = graph.constant(biasName, Shape.of(product.bias().length), product.bias());
        return graph.node("Add", product.name(), List.of(y, bias));
    }

    /** softmax(q·kᵀ/√D)·v of each head, {@code [N, heads, T, D]}, between two projections. */
    String attention(Attention attention, String x, Shape input) {
        List<Parameter> parameters = attention.parameters();
        String in = projection(parameters.get(0), parameters.get(1), x);
        int channels = input.last() / attention.heads();
        List<String> parts = graph.nodes("Split", "attention.part", PARTS, List.of(in), Attribute.of("axis", CHANNELS));
        String shape = graph.integers("attention.shape", 0, 0, attention.heads(), channels);
        String queries = heads(parts.get(0), shape, 0, 2, 1, 3);
        String turnedKeys = heads(parts.get(1), shape, 0, 2, 3, 1);
        String values = heads(parts.get(2), shape, 0, 2, 1, 3);
        String products = graph.node("MatMul", "attention.scores", List.of(queries, turnedKeys));
        String scale = graph.number("attention.scale", 1 / Math.sqrt(channels));
        String scores = masked(graph.node("Mul", "attention.scores", List.of(products, scale)));
        String shares = graph.node("Softmax", "attention.shares", List.of(scores), Attribute.of("axis", -1));
        String mixed = graph.node("MatMul", "attention.mixed", List.of(shares, values));
        String rows = graph.node("Transpose", "attention.mixed", List.of(mixed), Attribute.list("perm", 0, 2, 1, 3));
        String joined = graph.integers("attention.joined", 0, 0, input.last());
        String together = graph.node("Reshape", "attention.mixed", List.of(rows, joined));
        return projection(parameters.get(2), parameters.get(3), together);
    }

    private String heads(String part, String shape, long... order) {
        String cut = graph.node("Reshape", "attention.heads", List.of(part, shape));
        return graph.node("Transpose", "attention.heads", List.of(cut), Attribute.list("perm", order));
    }

    /** Sets the scores of padded positions to -∞, so that no position attends to them. */
    private String masked(String scores) {
        if (!arePadded()) {
            return scores;
        }
        String axes = graph.integers("attention.axes", 1, 2);
        String keys = graph.node("Unsqueeze", "attention.mask", List.of(real, axes));
        String nothing = graph.number("attention.nothing", Double.NEGATIVE_INFINITY);
        return graph.node("Where", "attention.scores", List.of(keys, scores, nothing));
    }

    private String projection(Parameter weight, Parameter bias, String x) {
        float[] factors = weight.toFile(trained.weights());
        float[] terms = bias.toFile(trained.weights());
        String name = weight.name().replaceAll("[._]weight$", "");
        return linear(weight.name(), bias.name(), new Folding.Product(name, weight.shape(), factors, terms), x);
    }

    /** The mean over positions, {@code [N, E]}. */
    String average(String x) {
        return graph.node("Squeeze", "average", List.of(mean(x, POSITIONS), graph.integers("average.axis", POSITIONS)));
    }

    /** The mean of {@code [N, T, E]} or {@code [N, T, G, S]} over positions and perhaps other axes, which become 1. */
    String mean(String x, long... axes) {
        if (!arePadded()) {
            return graph.node("ReduceMean", "mean", List.of(x), Attribute.list("axes", axes));
        }
        long[] others = LongStream.of(axes).filter(axis -> axis != POSITIONS).toArray();
        String means =
                others.length == 0 ? x : graph.node("ReduceMean", "mean", List.of(x), Attribute.list("axes", others));
        boolean isGrouped = LongStream.of(axes).anyMatch(axis -> axis > CHANNELS);
        String own = isGrouped
                ? graph.node("Unsqueeze", "share", List.of(share, graph.integers("share.axis", CHANNELS)))
                : share;
        String parts = graph.node("Mul", "mean.parts", List.of(means, own));
        return graph.node("ReduceSum", "mean", List.of(parts, graph.integers("mean.axes", POSITIONS)));
    }
}
