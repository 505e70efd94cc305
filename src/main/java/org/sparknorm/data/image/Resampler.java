package org.sparknorm.data.image;

import java.util.Arrays;

/**
 * Resizes pictures like Pillow's {@code BILINEAR}, and torchvision's with {@code antialias}: every pixel is a mean of
 * source pixels with the weights of {@link ResamplingWeights}, first along rows, rounded to bytes, then along columns.
 * All numbers are integers, so every machine makes the same bytes. An instance keeps buffers, so each thread needs its
 * own.
 */
final class Resampler {
    private static final int HALF = 1 << (ResamplingWeights.PRECISION - 1);
    private static final int LARGEST_BYTE = 255;

    /** Source rows after resizing along rows, row r at {@code r mod slots}: as many as one target row needs. */
    private int[] rows = {};

    private int[] sums = {};

    Picture resize(Picture picture, ResampledAxis horizontal, ResampledAxis vertical) {
        ResamplingWeights columns = ResamplingWeights.of(horizontal);
        ResamplingWeights lines = ResamplingWeights.of(vertical);
        int length = horizontal.window() * Picture.CHANNELS;
        int slots = lines.stride();
        reserve(slots * length, length);
        byte[] target = new byte[Math.multiplyExact(length, vertical.window())];
        int next = lines.first()[0];
        for (int y = 0; y < vertical.window(); y++) {
            for (; next < lines.end(y); next++) {
                resizeRow(picture, next, columns, next % slots * length);
            }
            combineRows(lines, y, slots, length);
            writeRow(target, y * length, length);
        }
        return new Picture(horizontal.window(), vertical.window(), target);
    }

    private void reserve(int rowValues, int sumValues) {
        rows = rows.length < rowValues ? new int[rowValues] : rows;
        sums = sums.length < sumValues ? new int[sumValues] : sums;
    }

    private void resizeRow(Picture picture, int y, ResamplingWeights columns, int to) {
        byte[] source = picture.pixels();
        int[] target = rows;
        int[] weights = columns.weights();
        int[] first = columns.first();
        int[] count = columns.count();
        int rowStart = y * picture.width();
        int at = to;
        for (int x = 0; x < first.length; x++) {
            int red = HALF;
            int green = HALF;
            int blue = HALF;
            int pixel = (rowStart + first[x]) * Picture.CHANNELS;
            int weightsFrom = x * columns.stride();
            int weightsEnd = weightsFrom + count[x];
            for (int i = weightsFrom; i < weightsEnd; i++) {
                int weight = weights[i];
                red += (source[pixel] & 0xFF) * weight;
                green += (source[pixel + 1] & 0xFF) * weight;
                blue += (source[pixel + 2] & 0xFF) * weight;
                pixel += Picture.CHANNELS;
            }
            // Rounded weights may add up to more than one.
            target[at] = Math.min(red >> ResamplingWeights.PRECISION, LARGEST_BYTE);
            target[at + 1] = Math.min(green >> ResamplingWeights.PRECISION, LARGEST_BYTE);
            target[at + 2] = Math.min(blue >> ResamplingWeights.PRECISION, LARGEST_BYTE);
            at += Picture.CHANNELS;
        }
    }

    private void combineRows(ResamplingWeights lines, int y, int slots, int length) {
        Arrays.fill(sums, 0, length, HALF);
        for (int i = 0; i < lines.count()[y]; i++) {
            int row = (lines.first()[y] + i) % slots;
            addRow(rows, row * length, lines.weights()[y * slots + i], sums, length);
        }
    }

    private static void addRow(int[] row, int from, int weight, int[] sums, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] += row[from + i] * weight;
        }
    }

    private void writeRow(byte[] target, int to, int length) {
        for (int i = 0; i < length; i++) {
            target[to + i] = (byte) Math.min(sums[i] >> ResamplingWeights.PRECISION, LARGEST_BYTE);
        }
    }
}
