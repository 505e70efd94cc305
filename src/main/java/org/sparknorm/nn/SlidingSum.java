package org.sparknorm.nn;

import java.util.Arrays;
import org.sparknorm.tensor.Implementations;
import org.sparknorm.tensor.RowKernels;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Window;

/**
 * Sums under a window of stride 1 over images {@code [H, W, C]}: down the columns, then along the rows, K + K additions
 * in place of K·K. A pool of stride 1 is such a sum forward, and backward another.
 */
final class SlidingSum {
    private final RowKernels kernels = Implementations.ROW_KERNELS;
    private final int size;
    private final int padding;
    private final int height;
    private final int width;
    private final int channels;
    private final int outputWidth;
    private final float[] column;
    private final float[] sum;

    SlidingSum(Window window, Shape image) {
        this.size = window.size();
        this.padding = window.padding();
        this.height = image.dimension(0);
        this.width = image.dimension(1);
        this.channels = image.dimension(2);
        this.outputWidth = window.places(width);
        int longest = Math.max(width, outputWidth) * channels;
        this.column = new float[longest];
        this.sum = new float[longest];
    }

    /** The sums of one row of outputs; they stay valid until the next call. */
    float[] row(float[] images, int image, int outputRow) {
        int length = width * channels;
        Arrays.fill(column, 0, length, 0f);
        int first = Math.max(outputRow - padding, 0);
        int end = Math.min(outputRow - padding + size, height);
        for (int y = first; y < end; y++) {
            kernels.add(column, 0, images, (image * height + y) * length, 0, length);
        }
        int outputLength = outputWidth * channels;
        Arrays.fill(sum, 0, outputLength, 0f);
        for (int kx = 0; kx < size; kx++) {
            // Output place x sees column x + kx - padding.
            int from = Math.max(padding - kx, 0);
            int to = Math.min(outputWidth, width + padding - kx);
            if (from >= to) {
                continue;
            }
            int count = (to - from) * channels;
            kernels.add(sum, from * channels, column, (from + kx - padding) * channels, 0, count);
        }
        return sum;
    }
}
