package org.sparknorm.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sparknorm.report.ProtoMessage;
import org.sparknorm.tensor.Shape;

/**
 * Collects the nodes and constants of an ONNX graph. A value is known by its name; if a name is taken already, a number
 * is added to it.
 */
final class Graph {
    /** Name of the dimension that is known only when the model runs: the number of examples. */
    static final String EXAMPLES = "N";

    /** The field numbers of GraphProto, NodeProto, TensorProto, ValueInfoProto and TypeProto in onnx.proto. */
    private static final int GRAPH_NODE = 1;

    private static final int GRAPH_NAME = 2;
    private static final int GRAPH_CONSTANT = 5;
    private static final int GRAPH_INPUT = 11;
    private static final int GRAPH_OUTPUT = 12;
    private static final int NODE_INPUT = 1;
    private static final int NODE_OUTPUT = 2;
    private static final int NODE_NAME = 3;
    private static final int NODE_OPERATOR = 4;
    private static final int NODE_ATTRIBUTE = 5;
    private static final int TENSOR_DIMENSION = 1;
    private static final int TENSOR_TYPE = 2;
    private static final int TENSOR_NAME = 8;
    private static final int TENSOR_DATA = 9;
    private static final int VALUE_NAME = 1;
    private static final int VALUE_TYPE = 2;
    private static final int VALUE_TEXT = 3;
    private static final int TYPE_TENSOR = 1;
    private static final int TENSOR_TYPE_ELEMENT = 1;
    private static final int TENSOR_TYPE_SHAPE = 2;
    private static final int SHAPE_DIMENSION = 1;
    private static final int DIMENSION_VALUE = 1;
    private static final int DIMENSION_NAME = 2;

    private final List<ProtoMessage> nodes = new ArrayList<>();
    private final List<ProtoMessage> constants = new ArrayList<>();
    private final List<ProtoMessage> inputs = new ArrayList<>();
    private final List<ProtoMessage> outputs = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    /** The types of elements, with their numbers in TensorProto. */
    enum Element {
        FLOAT(1),
        LONG(7);

        private final long number;

        Element(long number) {
            this.number = number;
        }

        long number() {
            return number;
        }
    }

    /**
     * Adds a node with one output.
     *
     * @param name the name wanted for node and output
     * @return name of the output
     */
    String node(String operator, String name, List<String> sources, Attribute... attributes) {
        return nodes(operator, name, 1, sources, attributes).get(0);
    }

    /** Adds a node with several outputs, and returns their names. */
    List<String> nodes(String operator, String name, int count, List<String> sources, Attribute... attributes) {
        ProtoMessage node = new ProtoMessage();
        sources.forEach(source -> node.put(NODE_INPUT, source));
        List<String> results = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            results.add(unused(name));
            node.put(NODE_OUTPUT, results.get(i));
        }
        node.put(NODE_NAME, results.get(0)).put(NODE_OPERATOR, operator);
        for (Attribute attribute : attributes) {
            node.put(NODE_ATTRIBUTE, attribute.message());
        }
        nodes.add(node);
        return results;
    }

    private String unused(String wanted) {
        String name = wanted;
        for (int number = 2; !names.add(name); number++) {
            name = wanted + "_" + number;
        }
        return name;
    }

    /** Adds a constant, and returns its name. */
    String constant(String name, Shape shape, float[] values) {
        ByteBuffer data = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return constant(name, shape, Element.FLOAT, data.array());
    }

    /** Adds a constant number, of shape [], and returns its name. */
    String number(String name, double value) {
        return constant(name, Shape.of(), new float[] {(float) value});
    }

    /** Adds a constant vector of whole numbers, and returns its name. */
    String integers(String name, long... values) {
        ByteBuffer data = ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        data.asLongBuffer().put(values);
        return constant(name, Shape.of(values.length), Element.LONG, data.array());
    }

    private String constant(String name, Shape shape, Element element, byte[] data) {
        String own = unused(name);
        ProtoMessage tensor = new ProtoMessage();
        for (int dimension : shape.toArray()) {
            tensor.put(TENSOR_DIMENSION, dimension);
        }
        constants.add(
                tensor.put(TENSOR_TYPE, element.number).put(TENSOR_NAME, own).put(TENSOR_DATA, data));
        return own;
    }

    /**
     * Declares the input of the model, {@code [N, example...]}.
     *
     * @param text a description for readers of the file
     */
    String input(String name, Element element, Shape example, String text) {
        inputs.add(value(unused(name), element, example).put(VALUE_TEXT, text));
        return name;
    }

    /** Declares an output of the model: a value that has that name. */
    void output(String name, Shape example) {
        outputs.add(value(name, Element.FLOAT, example));
    }

    private static ProtoMessage value(String name, Element element, Shape example) {
        ProtoMessage shape = new ProtoMessage().put(SHAPE_DIMENSION, new ProtoMessage().put(DIMENSION_NAME, EXAMPLES));
        for (int dimension : example.toArray()) {
            shape.put(SHAPE_DIMENSION, new ProtoMessage().put(DIMENSION_VALUE, dimension));
        }
        ProtoMessage tensor =
                new ProtoMessage().put(TENSOR_TYPE_ELEMENT, element.number).put(TENSOR_TYPE_SHAPE, shape);
        return new ProtoMessage().put(VALUE_NAME, name).put(VALUE_TYPE, new ProtoMessage().put(TYPE_TENSOR, tensor));
    }

    int nodeCount() {
        return nodes.size();
    }

    /** The graph as a GraphProto, with the nodes in the order in which they were added. */
    ProtoMessage message(String name) {
        ProtoMessage graph = new ProtoMessage();
        nodes.forEach(node -> graph.put(GRAPH_NODE, node));
        graph.put(GRAPH_NAME, name);
        constants.forEach(constant -> graph.put(GRAPH_CONSTANT, constant));
        inputs.forEach(input -> graph.put(GRAPH_INPUT, input));
        outputs.forEach(output -> graph.put(GRAPH_OUTPUT, output));
        return graph;
    }
}
