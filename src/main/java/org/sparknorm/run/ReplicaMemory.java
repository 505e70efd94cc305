package org.sparknorm.run;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.sparknorm.nn.Conv2d;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.LayerVisitor;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Network.Row;
import org.sparknorm.nn.norm.BatchStatistics;
import org.sparknorm.nn.norm.GroupNorm;
import org.sparknorm.tensor.RowBlock;
import org.sparknorm.tensor.ScratchSizes;
import org.sparknorm.tensor.Shape;

/**
 * Computes how many bytes of heap one slice's replica of a network takes: its gradient, the input, what every layer
 * keeps, and the space that layers use in turn. It is a lower bound, because short arrays are left out. The weights are
 * not counted, because replicas share them.
 */
final class ReplicaMemory {
    /** A training replica computes on one batch while it reads the next one. */
    private static final int TRAINING_INPUTS = 2;

    /** The number of arrays, each as long as a {@link RowBlock}, that a norm and its sums use. */
    private static final long BLOCKS_PER_NORM = 12;

    /** Floats in addition, if a norm has statistics for every value of an image: means, sums in double, slopes. */
    private static final long VALUES_PER_FEATURE = 20;

    private final Network network;
    private final HeapLayout heap;
    /** The layers, and the containers that have an array of their own, in the order of the forward pass. */
    private final List<Row> rows = new ArrayList<>();

    ReplicaMemory(Network network, HeapLayout heap) {
        this.network = network;
        this.heap = heap;
        network.layers().visit(network.input(), new LayerVisitor() {
            @Override
            public void leaf(Layer layer, Shape input, Shape output) {
                rows.add(new Row(layer, input, output));
            }

            @Override
            public void joined(Layer container, Shape input, Shape output) {
                rows.add(new Row(container, input, output));
            }
        });
    }

    /** Returns the bytes of a replica that makes steps with that many examples in its slice. */
    long training(int examples) {
        ScratchSizes scratch = new ScratchSizes();
        forward(examples, scratch);
        backward(examples, scratch);
        return kept(examples) + TRAINING_INPUTS * bytes(network.input(), examples) + bytes(scratch);
    }

    /**
     * Returns the bytes of a replica that evaluates that many examples at a time. It has a gradient, too, although
     * unused.
     */
    long inference(int examples) {
        ScratchSizes scratch = new ScratchSizes();
        forward(examples, scratch);
        return kept(examples) + bytes(network.input(), examples) + bytes(scratch);
    }

    private long kept(int examples) {
        long bytes = heap.floats(network.weightCount());
        for (Row row : rows) {
            long values = row.layer().keptValues(row.input(), examples);
            if (values > 0) {
                bytes += heap.floats(values) + blocks(row);
            }
        }
        return bytes;
    }

    private long blocks(Row row) {
        int channels = row.input().last();
        long values = 0;
        if (row.layer() instanceof BatchStatistics norm) {
            int features = row.input().size() / norm.valuesPerExample(row.input());
            values = features == channels ? 0 : VALUES_PER_FEATURE * features;
            channels = features;
        } else if (!(row.layer() instanceof GroupNorm)) {
            return 0;
        }
        return BLOCKS_PER_NORM * heap.floats(new RowBlock(channels).length()) + Float.BYTES * values;
    }

    private void forward(int examples, ScratchSizes scratch) {
        for (Row row : rows) {
            if (row.layer() instanceof Conv2d convolution) {
                scratch.use(convolution.forwardScratch(row.input(), examples));
            }
        }
    }

    private void backward(int examples, ScratchSizes scratch) {
        for (int i = rows.size() - 1; i >= 0; i--) {
            Row row = rows.get(i);
            if (row.layer().keptValues(row.input(), examples) == 0) {
                continue; // its output is its input in another shape
            }
            long dy = values(row.output(), examples);
            if (row.input().size() == network.input().size()) {
                scratch.use(dy); // the gradient of the images is not computed
                continue;
            }
            LongStream gradients = LongStream.of(dy, values(row.input(), examples));
            LongStream others = row.layer() instanceof Conv2d convolution
                    ? LongStream.of(convolution.backwardScratch(row.input(), examples))
                    : LongStream.empty();
            scratch.use(LongStream.concat(gradients, others).toArray());
        }
    }

    private long bytes(Shape example, int examples) {
        return heap.floats(values(example, examples));
    }

    private long bytes(ScratchSizes scratch) {
        return scratch.lengths().stream().mapToLong(heap::floats).sum();
    }

    private static long values(Shape example, int examples) {
        return (long) example.size() * examples;
    }
}
