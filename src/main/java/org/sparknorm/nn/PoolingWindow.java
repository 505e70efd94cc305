package org.sparknorm.nn;

import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Window;

/**
 * The places of a pool's window over images {@code [H, W, C]}, a row of output pixels at a time. A tap is one pixel of
 * the window, (ky, kx).
 */
final class PoolingWindow {
    private final Window window;
    private final int height;
    private final int width;
    private final int channels;
    final int outputHeight;
    final int outputWidth;

    PoolingWindow(Window window, boolean roundUp, Shape input) {
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

    /** How many values an output row has. */
    int rowLength() {
        return outputWidth * channels;
    }

    /** The image row that a window row sees from an output row; -1 beyond the edges. */
    private int imageRow(int outputRow, int ky) {
        int y = outputRow * window.stride() - window.padding() + ky;
        return y < height ? Math.max(y, -1) : -1;
    }

    /** Values of images that lie side by side, and those of outputs that see them through one tap. */
    @FunctionalInterface
    interface Span {
        void see(int imageAt, int outputAt, int count);
    }

    /** All that the windows of an output row see, tap after tap. */
    void forEachSpan(int image, int outputRow, Span span) {
        int outputs = (image * outputHeight + outputRow) * rowLength();
        for (int ky = 0; ky < window.size(); ky++) {
            int y = imageRow(outputRow, ky);
            if (y < 0) {
                continue;
            }
            int row = (image * height + y) * width;
            for (int kx = 0; kx < window.size(); kx++) {
                int first = firstPlace(kx);
                int end = endPlace(kx);
                if (window.stride() == 1 && first < end) {
                    int count = (end - first) * channels;
                    span.see((row + pixel(first, kx)) * channels, outputs + first * channels, count);
                    continue;
                }
                for (int place = first; place < end; place++) {
                    span.see((row + pixel(place, kx)) * channels, outputs + place * channels, channels);
                }
            }
        }
    }

    /**
     * Image rows above this one are seen by this output row or those before it; no more by later ones than K - stride.
     */
    int rowsSeen(int outputRow) {
        int end = outputRow * window.stride() - window.padding() + window.size();
        return outputRow == outputHeight - 1 ? height : Math.max(0, Math.min(end, height));
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

    /** The place after the last such place. */
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
