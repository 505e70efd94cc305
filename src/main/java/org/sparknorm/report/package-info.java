/**
 * Formats of what a run reports of itself, written to plain streams: logs, events for TensorBoard, pages, charts. Floor
 * 1.
 *
 * <p>{@link org.sparknorm.report.Histogram} is here because its buckets and members are those of the log and of
 * TensorBoard; training only fills it. {@link org.sparknorm.report.ProtoMessage} is here because events are such
 * messages; {@code onnx} writes its files with it, too, and this is the lowest floor from which both can see it.
 */
package org.sparknorm.report;
