package org.sparknorm.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Attention;
import org.sparknorm.nn.Concat;
import org.sparknorm.nn.Conv2d;
import org.sparknorm.nn.Dropout;
import org.sparknorm.nn.FusesResidual;
import org.sparknorm.nn.GlobalAveragePool;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Linear;
import org.sparknorm.nn.Pool2d;
import org.sparknorm.nn.PositionEmbedding;
import org.sparknorm.nn.Residual;
import org.sparknorm.nn.Sequential;
import org.sparknorm.nn.TokenEmbedding;
import org.sparknorm.nn.View;
import org.sparknorm.nn.norm.Folding;
import org.sparknorm.nn.norm.LayerNorm;
import org.sparknorm.nn.norm.LocalResponseNorm;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Window;

/**
 * Writes the layers of a network as nodes of a graph. Images are {@code [N, C, H, W]} there, in PyTorch's order, not
 * {@code [N, H, W, C]} as in layers; sequences {@code [N, T, C]} and vectors {@code [N, C]} are the same in both. What
 * a layer does only in training is left out.
 */
final class LayerNodes {
    private final ModelConstants trained;
    private final Graph graph;
    private final NormNodes norms;
    private final SequenceNodes sequences;

    LayerNodes(ModelConstants trained) {
        this.trained = trained;
        this.graph = trained.graph();
        this.sequences = new SequenceNodes(trained);
        this.norms = new NormNodes(trained, sequences);
    }

    /**
     * Adds the nodes of a layer, or of all layers in a container.
     *
     * @param x name of its input
     * @param input shape of one example of the input, as layers see it
     * @return name of its output
     * @throws IllegalArgumentException if a layer has no counterpart in ONNX
     */
    String add(Layer layer, String x, Shape input) {
        if (layer instanceof Sequential sequence) {
            return sequence(sequence.layers(), x, input);
        }
        if (layer instanceof Residual residual) {
            return residual(residual, x, input);
        }
        if (layer instanceof Concat concat) {
            return concat(concat, x, input);
        }
        if (layer instanceof FusesResidual norm) {
            return activation(norm.activation(), norms.add(norm, x, input));
        }
        if (layer instanceof LayerNorm norm) {
            return norms.layer(norm, x);
        }
        if (layer instanceof Activation activation) {
            return activation(activation.kind(), x);
        }
        if (layer instanceof Dropout) {
            return x;
        }
        return input.rank() == 3 ? ofImages(layer, x, input) : ofVectorsAndSequences(layer, x, input);
    }

    private String ofImages(Layer layer, String x, Shape input) {
        if (layer instanceof Conv2d convolution) {
            return convolution(convolution, x);
        }
        if (layer instanceof Pool2d pool) {
            return new PoolNodes(graph).add(pool, x, input);
        }
        if (layer instanceof GlobalAveragePool) {
            String pooled = graph.node("GlobalAveragePool", "average", List.of(x));
            return flattened(pooled);
        }
        if (layer instanceof LocalResponseNorm) {
            return graph.node(
                    "LRN",
                    "local_response_norm",
                    List.of(x),
                    Attribute.of("size", LocalResponseNorm.CHANNELS),
                    Attribute.of("alpha", LocalResponseNorm.FACTOR),
                    Attribute.of("beta", LocalResponseNorm.EXPONENT),
                    Attribute.of("bias", 1.0));
        }
        if (layer instanceof View view) {
            return view.kind() == View.Kind.FLAT ? flattened(x) : sequences.pixels(x, input);
        }
        throw unknown(layer);
    }

    private String flattened(String x) {
        return graph.node("Flatten", "flatten", List.of(x));
    }

    private String ofVectorsAndSequences(Layer layer, String x, Shape input) {
        if (layer instanceof Linear linear) {
            return linear(linear, x, input);
        }
        if (layer instanceof View) {
            return flattened(x);
        }
        if (layer instanceof TokenEmbedding embedding) {
            return sequences.tokens(embedding, x, input);
        }
        if (layer instanceof PositionEmbedding embedding) {
            return sequences.positions(embedding, x);
        }
        if (layer instanceof Attention attention) {
            return sequences.attention(attention, x, input);
        }
        if (layer instanceof GlobalAveragePool) {
            return sequences.average(x);
        }
        throw unknown(layer);
    }

    private static IllegalArgumentException unknown(Layer layer) {
        return new IllegalArgumentException("a layer has no counterpart in ONNX: " + layer);
    }

    private String sequence(List<Layer> layers, String x, Shape input) {
        String value = x;
        Shape shape = input;
        for (Layer layer : layers) {
            value = add(layer, value, shape);
            shape = layer.outputShape(shape);
        }
        return value;
    }

    private String residual(Residual residual, String x, Shape input) {
        List<Layer> body = residual.body().layers();
        List<Layer> inner = body.subList(0, body.size() - 1);
        Layer last = body.get(body.size() - 1);
        Shape before = new Sequential(inner).outputShape(input);
        String value = sequence(inner, x, input);
        value = last instanceof FusesResidual norm ? norms.add(norm, value, before) : add(last, value, before);
        String shortcut = residual.shortcut() == null ? x : add(residual.shortcut(), x, input);
        return activation(residual.activation(), graph.node("Add", "sum", List.of(value, shortcut)));
    }

    private String concat(Concat concat, String x, Shape input) {
        List<String> branches = new ArrayList<>();
        for (Layer branch : concat.branches()) {
            branches.add(add(branch, x, input));
        }
        long channelAxis = concat.outputShape(input).rank() == 2 ? 2 : 1;
        return graph.node("Concat", "concat", branches, Attribute.of("axis", channelAxis));
    }

    private String activation(Activation.Kind kind, String x) {
        String name = kind.name().toLowerCase(Locale.ROOT);
        return switch (kind) {
            case RELU -> graph.node("Relu", name, List.of(x));
            case SIGMOID -> graph.node("Sigmoid", name, List.of(x));
            case TANH -> graph.node("Tanh", name, List.of(x));
            case NONE -> x;
        };
    }

    private String convolution(Conv2d convolution, String x) {
        Folding.Product product = trained.product(convolution);
        Window window = convolution.window();
        long padding = window.padding();
        return graph.node(
                "Conv",
                product.name(),
                withBias(product, x, graph.constant(product.weightName(), product.shape(), product.weight())),
                Attribute.list("kernel_shape", window.size(), window.size()),
                Attribute.list("strides", window.stride(), window.stride()),
                Attribute.list("pads", padding, padding, padding, padding));
    }

    private String linear(Linear linear, String x, Shape input) {
        Folding.Product product = trained.product(linear);
        if (input.rank() == 2) {
            return sequences.linear(product, x);
        }
        return graph.node(
                "Gemm",
                product.name(),
                withBias(product, x, graph.constant(product.weightName(), product.shape(), product.weight())),
                Attribute.of("transB", 1));
    }

    private List<String> withBias(Folding.Product product, String x, String weight) {
        if (product.bias() == null) {
            return List.of(x, weight);
        }
        return List.of(x, weight, graph.constant(product.biasName(), Shape.of(product.bias().length), product.bias()));
    }
}
