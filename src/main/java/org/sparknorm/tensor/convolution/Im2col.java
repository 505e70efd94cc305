package org.sparknorm.tensor.convolution;

import java.util.Arrays;
import org.sparknorm.tensor.Window;

/**
 * Copies of what a window sees of images {@code [N, H, W, C]}, as rows of a matrix, so that a convolution is a product.
 *
 * <p>Expanded along x only (one window row, K·C values per pixel), a row of the image serves K rows of the window: the
 * pixels of neighbouring output rows see, through window row ky, neighbouring rows of the matrix. With a stride s,
 * every s-th image row follows. Expanded whole (K·K·C values per pixel), pixels of several images can stand in
 * one matrix.
 */
final class Im2col {
    private static final int FEWEST_TO_COPY = 12;

    private final Window window;
    private final int height;
    private final int width;
    private final int channels;
    private final int outputHeight;
    private final int outputWidth;
    private final int rowLength;

    Im2col(Window window, int height, int width, int channels) {
        this.window = window;
        this.height = height;
        this.width = width;
        this.channels = channels;
        this.outputHeight = window.places(height);
        this.outputWidth = window.places(width);
        this.rowLength = outputWidth * window.size() * channels;
    }

    /** Values of one output row, expanded along x. */
    int rowLength() {
        return rowLength;
    }

    /** Values that {@link #expandRows} writes for as many output rows. */
    int stripLength(int outputRows) {
        return window.stride() * rowsAPhase(outputRows) * rowLength;
    }

    /** Image rows under a strip whose numbers differ by multiples of the stride. */
    private int rowsAPhase(int outputRows) {
        int imageRows = (outputRows - 1) * window.stride() + window.size();
        return (imageRows + window.stride() - 1) / window.stride();
    }

    /** Where, in a strip of as many output rows, the matrix begins that window row ky sees. */
    int offset(int ky, int outputRows) {
        return (ky % window.stride() * rowsAPhase(outputRows) + ky / window.stride()) * rowLength;
    }

    /** Expands the image rows under some output rows of one image along x. */
    void expandRows(float[] x, int image, int firstOutputRow, int outputRows, float[] strip) {
        int stride = window.stride();
        int imageRows = (outputRows - 1) * stride + window.size();
        for (int row = 0; row < imageRows; row++) {
            int y = firstOutputRow * stride - window.padding() + row;
            int to = (row % stride * rowsAPhase(outputRows) + row / stride) * rowLength;
            if (y < 0 || y >= height) {
                Arrays.fill(strip, to, to + rowLength, 0f);
                continue;
            }
            int from = (image * height + y) * width * channels;
            for (int place = 0; place < outputWidth; place++) {
                copySpan(x, from, place, strip, to + place * window.size() * channels);
            }
        }
    }

    /** Expands whole windows, for output pixels numbered through all images. */
    void expandWhole(float[] x, int firstPixel, int pixels, float[] matrix) {
        int to = 0;
        int span = window.size() * channels;
        for (int pixel = firstPixel; pixel < firstPixel + pixels; pixel++) {
            int place = pixel % outputWidth;
            int outputRow = pixel / outputWidth % outputHeight;
            int image = pixel / outputWidth / outputHeight;
            for (int ky = 0; ky < window.size(); ky++) {
                int y = outputRow * window.stride() - window.padding() + ky;
                if (y < 0 || y >= height) {
                    Arrays.fill(matrix, to, to + span, 0f);
                } else {
                    copySpan(x, (image * height + y) * width * channels, place, matrix, to);
                }
                to += span;
            }
        }
    }

    /**
     * The transpose of what {@link #expandWhole} gives for whole output rows of images of one channel, under a window
     * of stride 1: what a pixel of the window sees lies together, so there are few and long copies.
     *
     * @param firstRow numbered through all images
     */
    void expandByPixel(float[] x, int firstRow, int rows, float[] matrix) {
        int pixels = rows * outputWidth;
        for (int ky = 0; ky < window.size(); ky++) {
            for (int kx = 0; kx < window.size(); kx++) {
                int to = (ky * window.size() + kx) * pixels;
                int left = Math.min(outputWidth, Math.max(0, window.padding() - kx));
                int right = Math.max(left, Math.min(outputWidth, width + window.padding() - kx));
                for (int row = firstRow; row < firstRow + rows; row++) {
                    int y = row % outputHeight - window.padding() + ky;
                    if (y < 0 || y >= height) {
                        Arrays.fill(matrix, to, to + outputWidth, 0f);
                    } else {
                        int from = (row / outputHeight * height + y) * width + kx - window.padding();
                        Arrays.fill(matrix, to, to + left, 0f);
                        System.arraycopy(x, from + left, matrix, to + left, right - left);
                        Arrays.fill(matrix, to + right, to + outputWidth, 0f);
                    }
                    to += outputWidth;
                }
            }
        }
    }

    /** One row of the window at one place: zeros where it hangs over the edges. */
    private void copySpan(float[] x, int imageRow, int place, float[] target, int to) {
        int left = place * window.stride() - window.padding();
        int begin = Math.max(left, 0);
        int end = Math.min(left + window.size(), width);
        if (begin >= end) {
            Arrays.fill(target, to, to + window.size() * channels, 0f);
            return;
        }
        if (begin > left) {
            Arrays.fill(target, to, to + (begin - left) * channels, 0f);
        }
        copy(x, imageRow + begin * channels, target, to + (begin - left) * channels, (end - begin) * channels);
        if (end < left + window.size()) {
            Arrays.fill(target, to + (end - left) * channels, to + window.size() * channels, 0f);
        }
    }

    /** A call to copy a handful of values takes longer than to move them one by one. */
    private static void copy(float[] source, int from, float[] target, int to, int count) {
        if (count > FEWEST_TO_COPY) {
            System.arraycopy(source, from, target, to, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            target[to + i] = source[from + i];
        }
    }

    /** The reverse of {@link #expandWhole}: adds every value to the pixel that it was copied from. */
    void addWhole(float[] matrix, int firstPixel, int pixels, float[] dx) {
        int from = 0;
        int span = window.size() * channels;
        for (int pixel = firstPixel; pixel < firstPixel + pixels; pixel++) {
            int left = pixel % outputWidth * window.stride() - window.padding();
            int outputRow = pixel / outputWidth % outputHeight;
            int image = pixel / outputWidth / outputHeight;
            int begin = Math.max(left, 0);
            int end = Math.min(left + window.size(), width);
            for (int ky = 0; ky < window.size(); ky++) {
                int y = outputRow * window.stride() - window.padding() + ky;
                if (y >= 0 && y < height) {
                    int to = ((image * height + y) * width + begin) * channels;
                    int shift = from + (begin - left) * channels - to;
                    for (int i = to; i < to + (end - begin) * channels; i++) {
                        dx[i] += matrix[i + shift];
                    }
                }
                from += span;
            }
        }
    }
}
