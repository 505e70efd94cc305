package org.sparknorm.nn;

import java.util.Arrays;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Window;

/**
 * The places of a pool's window over images {@code [H, W, C]}, a row of output pixels at a time. A tap is one pixel of the
 * window, (ky, kx); its row holds what that pixel sees at every place of the output row. Rows are copied, so that loops
 * over them run along one index and become vector instructions.
 */
final class Taps {
    private final Window window;
    private final int height;
    private final int width;
    private final int channels;
    final int outputHeight;
    final int outputWidth;

    Taps(Window window, boolean roundUp, Shape input) {
        this.window = window;
        this.height = input.dimension(0);
        this.width = input.dimension(1);
        this.channels = input.dimension(2);
        this.outputHeight = roundUp ? window.placesRoundedUp(height) : window.places(height);
        this.outputWidth = roundUp ? window.placesRoundedUp(width) : window.places(width);
    }

    Shape outputShape() {
        return Shape.of(outputHeight, outputWidth, channels);
    }

    /** Values of an output row. */
    int rowLength() {
        return outputWidth * channels;
    }

    /** The image row that a window row sees from an output row; -1 beyond the edges. */
    private int imageRow(int outputRow, int ky) {
        int y = outputRow * window.stride() - window.padding() + ky;
        return y < height ? Math.max(y, -1) : -1;
    }

    /**
     * Copies what a tap sees into {@code row}, {@code beyond} where that is no pixel.
     *
     * @return false if it sees no pixel of the image at all; the row is not written then
     */
    boolean read(float[] x, int image, int outputRow, int ky, int kx, float beyond, float[] row) {
        int y = imageRow(outputRow, ky);
        if (y < 0) {
            return false;
        }
        int first = firstPlace(kx);
        int end = endPlace(kx);
        Arrays.fill(row, 0, first * channels, beyond);
        Arrays.fill(row, end * channels, rowLength(), beyond);
        int from = ((image * height + y) * width + pixel(first, kx)) * channels;
        if (window.stride() == 1) {
            System.arraycopy(x, from, row, first * channels, (end - first) * channels);
            return true;
        }
        for (int place = first; place < end; place++) {
            System.arraycopy(x, from, row, place * channels, channels);
            from += window.stride() * channels;
        }
        return true;
    }

    /** Adds a row to the pixels that a tap sees. */
    void add(float[] row, float[] dx, int image, int outputRow, int ky, int kx, float[] buffer) {
        int y = imageRow(outputRow, ky);
        if (y < 0) {
            return;
        }
        int start = (image * height + y) * width * channels;
        int first = firstPlace(kx);
        int end = endPlace(kx);
        int from = start + pixel(first, kx) * channels;
        if (window.stride() == 1) {
            int count = (end - first) * channels;
            System.arraycopy(dx, from, buffer, first * channels, count);
            addTo(buffer, row, end * channels);
            System.arraycopy(buffer, first * channels, dx, from, count);
            return;
        }
        int step = window.stride() * channels;
        for (int place = first, at = from; place < end; place++, at += step) {
            System.arraycopy(dx, at, buffer, place * channels, channels);
        }
        addTo(buffer, row, end * channels);
        for (int place = first, at = from; place < end; place++, at += step) {
            System.arraycopy(buffer, place * channels, dx, at, channels);
        }
    }

    static void addTo(float[] sum, float[] row, int count) {
        for (int i = 0; i < count; i++) {
            sum[i] += row[i];
        }
    }

    /** The column of the image that a tap sees at a place. */
    private int pixel(int place, int kx) {
        return place * window.stride() - window.padding() + kx;
    }

    /** The first place at which the tap sees a column of the image. */
    private int firstPlace(int kx) {
        int lacking = window.padding() - kx;
        int first = lacking <= 0 ? 0 : (lacking + window.stride() - 1) / window.stride();
        return Math.min(first, outputWidth);
    }

    /** Behind the last such place. */
    private int endPlace(int kx) {
        int room = width - 1 + window.padding() - kx;
        int end = room < 0 ? 0 : room / window.stride() + 1;
        return Math.max(firstPlace(kx), Math.min(end, outputWidth));
    }

    /** How many pixels a window sees, for each output pixel; those of the padding too if they count. */
    int[] seen(boolean countPadding) {
        int[] seen = new int[outputHeight * outputWidth];
        for (int row = 0; row < outputHeight; row++) {
            for (int column = 0; column < outputWidth; column++) {
                seen[row * outputWidth + column] = seen(row, height, countPadding) * seen(column, width, countPadding);
            }
        }
        return seen;
    }

    private int seen(int place, int pixels, boolean countPadding) {
        int start = place * window.stride() - window.padding();
        int end = Math.min(start + window.size(), pixels + window.padding());
        return countPadding ? end - start : Math.min(end, pixels) - Math.max(start, 0);
    }
}
