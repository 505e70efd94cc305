package org.sparknorm.nn;

import java.util.List;
import org.sparknorm.tensor.Implementations;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/**
 * A layer that runs branches on the same input and joins their channels (the last axis), one branch after the other.
 */
public final class Concat implements Layer {
    private final String name;
    private final List<Layer> branches;
    private final int[] channels;
    private Tensor y;

    /** @param name for messages */
    public Concat(String name, List<Layer> branches) {
        this.name = name;
        this.branches = List.copyOf(branches);
        this.channels = new int[branches.size()];
    }

    public List<Layer> branches() {
        return branches;
    }

    @Override
    public Shape outputShape(Shape input) {
        Shape first = branches.get(0).outputShape(input);
        int total = 0;
        for (Layer branch : branches) {
            Shape output = branch.outputShape(input);
            if (!output.withLast(1).equals(first.withLast(1))) {
                throw new IllegalArgumentException(name + ": branches give " + first + " and " + output
                        + ", which cannot stand side by side, for" + " examples of shape " + input);
            }
            total += output.last();
        }
        return first.withLast(total);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        int total = 0;
        Tensor[] outputs = new Tensor[branches.size()];
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = branches.get(i).forward(x, pass);
            channels[i] = outputs[i].shape().last();
            total += channels[i];
        }
        y = Tensor.reuse(y, outputs[0].shape().withLast(total));
        int at = 0;
        for (int i = 0; i < outputs.length; i++) {
            copy(outputs[i].data(), channels[i], 0, y.data(), total, at, new Copy(y.size() / total, channels[i]));
            at += channels[i];
        }
        return y;
    }

    @Override
    public Tensor backward(Tensor dy, Pass pass) {
        int total = dy.shape().last();
        Tensor dx = null;
        int at = 0;
        for (int i = 0; i < channels.length; i++) {
            Tensor part = pass.scratch().take(dy.shape().withLast(channels[i]));
            copy(dy.data(), total, at, part.data(), channels[i], 0, new Copy(dy.size() / total, channels[i]));
            at += channels[i];
            Tensor next = branches.get(i).backward(part, pass);
            if (next == null || next.data() != part.data()) {
                pass.scratch().give(part);
            }
            dx = add(dx, next, pass);
        }
        return dx;
    }

    private static Tensor add(Tensor sum, Tensor next, Pass pass) {
        if (sum == null) {
            return next;
        }
        Implementations.ROW_KERNELS.add(sum.data(), 0, next.data(), 0, 0, sum.size());
        pass.scratch().give(next);
        return sum;
    }

    /** How many rows, and how many values of each. */
    private record Copy(int rows, int values) {}

    private static void copy(
            float[] source, int sourceLength, int from, float[] target, int targetLength, int to, Copy size) {
        for (int row = 0; row < size.rows(); row++) {
            System.arraycopy(source, row * sourceLength + from, target, row * targetLength + to, size.values());
        }
    }

    @Override
    public List<Parameter> parameters() {
        return branches.stream().flatMap(branch -> branch.parameters().stream()).toList();
    }

    @Override
    public List<RunningStatistics> runningStatistics() {
        return branches.stream()
                .flatMap(branch -> branch.runningStatistics().stream())
                .toList();
    }

    @Override
    public void visit(Shape input, LayerVisitor visitor) {
        branches.forEach(branch -> branch.visit(input, visitor));
        visitor.joined(this, input, outputShape(input));
    }
}
