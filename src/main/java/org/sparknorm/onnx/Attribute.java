package org.sparknorm.onnx;

import org.sparknorm.report.ProtoMessage;

/**
 * An attribute of a node.
 *
 * @param message an AttributeProto of onnx.proto
 */
record Attribute(ProtoMessage message) {
    private static final int NAME = 1;
    private static final int FLOAT = 2;
    private static final int INTEGER = 3;
    private static final int INTEGERS = 8;
    private static final int TYPE = 20;
    private static final long TYPE_FLOAT = 1;
    private static final long TYPE_INTEGER = 2;
    private static final long TYPE_INTEGERS = 7;

    static Attribute of(String name, double value) {
        return new Attribute(
                new ProtoMessage().put(NAME, name).put(FLOAT, (float) value).put(TYPE, TYPE_FLOAT));
    }

    static Attribute of(String name, long value) {
        return new Attribute(
                new ProtoMessage().put(NAME, name).put(INTEGER, value).put(TYPE, TYPE_INTEGER));
    }

    static Attribute list(String name, long... values) {
        ProtoMessage message = new ProtoMessage().put(NAME, name);
        for (long value : values) {
            message.put(INTEGERS, value);
        }
        return new Attribute(message.put(TYPE, TYPE_INTEGERS));
    }
}
