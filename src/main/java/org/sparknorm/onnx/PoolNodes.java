package org.sparknorm.onnx;

import java.util.List;
import org.sparknorm.nn.Pool2d;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Window;

/**
 * Writes pools of images. ONNX can round the number of positions up, too, but runtimes do not agree on a last window
 * that begins after the end of the image; so the padding at the end is written as large as the last window needs it.
 */
final class PoolNodes {
    private final Graph graph;

    PoolNodes(Graph graph) {
        this.graph = graph;
    }

    String add(Pool2d pool, String x, Shape input) {
        Shape output = pool.outputShape(input);
        Window window = pool.window();
        long start = window.padding();
        long bottom = end(window, input.dimension(0), output.dimension(0));
        long right = end(window, input.dimension(1), output.dimension(1));
        Attribute size = Attribute.list("kernel_shape", window.size(), window.size());
        Attribute strides = Attribute.list("strides", window.stride(), window.stride());
        Attribute pads = Attribute.list("pads", start, start, bottom, right);
        return switch (pool.kind()) {
            case MAX -> graph.node("MaxPool", "max_pool", List.of(x), size, strides, pads);
            case AVERAGE_OF_IMAGE -> graph.node("AveragePool", "average_pool", List.of(x), size, strides, pads);
            case AVERAGE -> {
                boolean endsInPadding = bottom <= start && right <= start;
                if (endsInPadding) {
                    Attribute counted = Attribute.of("count_include_pad", 1);
                    yield graph.node("AveragePool", "average_pool", List.of(x), size, strides, pads, counted);
                }
                // The zeros around the image count; what a rounded-up window sees beyond them does not.
                Attribute beyond =
                        Attribute.list("pads", 0, 0, Math.max(0, bottom - start), Math.max(0, right - start));
                yield graph.node("AveragePool", "average_pool", List.of(padded(x, start)), size, strides, beyond);
            }
        };
    }

    private String padded(String x, long padding) {
        if (padding == 0) {
            return x;
        }
        String pads = graph.integers("pads", 0, 0, padding, padding, 0, 0, padding, padding);
        return graph.node("Pad", "pad", List.of(x, pads));
    }

    /** How many pixels the last window sees after the end of the image; 0 if it ends within the image. */
    private static long end(Window window, int pixels, int places) {
        int end = (places - 1) * window.stride() - window.padding() + window.size();
        return Math.max(0, end - pixels);
    }
}
