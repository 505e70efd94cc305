package org.sparknorm.onnx;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.config.RefusedException;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Sequential;
import org.sparknorm.nn.TokenEmbedding;
import org.sparknorm.nn.norm.Folding;
import org.sparknorm.report.ProtoMessage;
import org.sparknorm.tensor.Shape;

/**
 * A trained network in inference as an ONNX model (onnx.ai, IR version 8, operator set 17: the first with layer
 * normalization, so that old runtimes can read it).
 *
 * <p>Input {@code input}: images {@code [N, C, H, W]}, float32, with the values that the network sees (byte/255, then
 * minus mean, by deviation, if the run has these); or texts {@code [N, T]}, int64, bytes padded with zeros. Outputs
 * {@code logits} and {@code probabilities}, {@code [N, classes]}, float32. N is free.
 */
public final class OnnxModel {
    public static final int OPERATOR_SET = 17;
    private static final int FORMAT_VERSION = 8;

    private static final String INPUT = "input";
    private static final String LOGITS = "logits";
    private static final String PROBABILITIES = "probabilities";
    private static final String PRODUCER = "sparknorm";

    /** The field numbers of ModelProto, OperatorSetIdProto and StringStringEntryProto in onnx.proto. */
    private static final int MODEL_FORMAT_VERSION = 1;

    private static final int MODEL_PRODUCER = 2;
    private static final int MODEL_PRODUCER_VERSION = 3;
    private static final int MODEL_GRAPH = 7;
    private static final int MODEL_OPERATOR_SET = 8;
    private static final int MODEL_PROPERTY = 14;
    private static final int OPERATOR_SET_VERSION = 2;
    private static final int PROPERTY_KEY = 1;
    private static final int PROPERTY_VALUE = 2;

    private final ProtoMessage message;
    private final int nodes;
    private final String description;

    private OnnxModel(ProtoMessage message, int nodes, String description) {
        this.message = message;
        this.nodes = nodes;
        this.description = description;
    }

    /**
     * What the file says about itself.
     *
     * @param version of the software that wrote it
     * @param properties metadata, which only people and their scripts read
     */
    public record About(String version, Map<String, String> properties) {}

    /**
     * @param folds whether batch norms become part of the layer before them where that is exact ({@link Folding})
     * @throws RefusedException if the model is larger than a protocol buffer can be
     * @throws IllegalArgumentException if a layer has no counterpart in ONNX
     */
    public static OnnxModel of(Network network, ModelTensors state, boolean folds, About about) {
        checkSize((long) Float.BYTES * network.weightCount());
        Graph graph = new Graph();
        Folding folding = folds ? Folding.of(network.layers()) : Folding.none();
        ModelConstants trained = new ModelConstants(graph, folding, state.weights(), state.buffers());
        boolean ofTokens = first(network.layers()) instanceof TokenEmbedding;
        Graph.Element element = ofTokens ? Graph.Element.LONG : Graph.Element.FLOAT;
        Shape input = channelsFirst(network.input());
        String text = input.rank() == 1
                ? "bytes of a text, padded with zeros"
                : "values as the network sees them: byte/255, minus mean, by deviation";
        String x = graph.input(INPUT, element, input, text);
        String y = new LayerNodes(trained).add(network.layers(), x, network.input());
        String logits = graph.node("Identity", LOGITS, List.of(y));
        graph.node("Softmax", PROBABILITIES, List.of(logits), Attribute.of("axis", -1));
        Shape classes = Shape.of(network.classes());
        graph.output(LOGITS, classes);
        graph.output(PROBABILITIES, classes);
        ProtoMessage message = message(graph, about);
        checkSize(message.length());
        String description = "input " + batch(input) + (ofTokens ? " int64" : " float32") + ", outputs " + LOGITS
                + " and " + PROBABILITIES + " " + batch(classes);
        return new OnnxModel(message, graph.nodeCount(), description);
    }

    private static ProtoMessage message(Graph graph, About about) {
        ProtoMessage message = new ProtoMessage()
                .put(MODEL_FORMAT_VERSION, FORMAT_VERSION)
                .put(MODEL_PRODUCER, PRODUCER)
                .put(MODEL_PRODUCER_VERSION, about.version())
                .put(MODEL_GRAPH, graph.message(PRODUCER))
                .put(MODEL_OPERATOR_SET, new ProtoMessage().put(OPERATOR_SET_VERSION, OPERATOR_SET));
        about.properties()
                .forEach((key, value) -> message.put(
                        MODEL_PROPERTY,
                        new ProtoMessage().put(PROPERTY_KEY, key).put(PROPERTY_VALUE, value)));
        return message;
    }

    private static void checkSize(long bytes) {
        if (bytes > Integer.MAX_VALUE) {
            throw new RefusedException(
                    "the model has " + bytes + " bytes, and an ONNX file may have " + Integer.MAX_VALUE,
                    "export it with format=safetensors");
        }
    }

    private static Layer first(Layer layers) {
        return layers instanceof Sequential sequence ? sequence.layers().get(0) : layers;
    }

    private static Shape channelsFirst(Shape example) {
        return example.rank() == 3 ? Shape.of(example.last(), example.dimension(0), example.dimension(1)) : example;
    }

    private static String batch(Shape example) {
        return "[" + Graph.EXAMPLES + ", " + example.toString().substring(1);
    }

    public int nodes() {
        return nodes;
    }

    /** The inputs and outputs with their shapes. */
    public String description() {
        return description;
    }

    /** The size of the file in bytes. */
    public long length() {
        return message.length();
    }

    /** Does not close the stream. */
    public void writeTo(OutputStream out) throws IOException {
        message.writeTo(out);
    }
}
