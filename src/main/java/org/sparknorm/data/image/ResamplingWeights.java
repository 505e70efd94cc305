package org.sparknorm.data.image;

/**
 * The source pixels of each computed pixel of a {@link ResampledAxis}, which is a mean of them, and their weights: a
 * triangle around the place of the pixel that reaches one pixel to each side. That pixel is one of the source when
 * enlarging, and one of the target when shrinking, so that no source pixel is left out. Weights are multiples of 2⁻²².
 * This is Pillow's {@code BILINEAR}.
 *
 * @param stride largest number of source pixels of one target pixel
 * @param first first source pixel of each target pixel, from the edge of the picture; rising
 * @param count number of source pixels of each target pixel, at least 1
 * @param weights weights of target pixel i from {@code i * stride} on, none negative, with a sum of about 2²²
 */
record ResamplingWeights(int stride, int[] first, int[] count, int[] weights) {
    static final int PRECISION = 22;
    private static final int ONE = 1 << PRECISION;

    static ResamplingWeights of(ResampledAxis axis) {
        double scale = (double) axis.length() / axis.size();
        double reach = Math.max(scale, 1);
        int stride = Math.min(2 * (int) Math.ceil(reach) + 1, axis.length());
        ResamplingWeights result = new ResamplingWeights(
                stride, new int[axis.window()], new int[axis.window()], new int[axis.window() * stride]);
        double[] row = new double[stride];
        for (int i = 0; i < axis.window(); i++) {
            double centre = (axis.windowFrom() + i + 0.5) * scale;
            int low = (int) Math.max(0, centre - reach + 0.5);
            int high = (int) Math.min(axis.length(), centre + reach + 0.5);
            triangle(row, high - low, low + 0.5 - centre, 1 / reach);
            result.set(i, axis.from() + low, row, high - low);
        }
        return result;
    }

    /** Fills in weights of sum 1; those beyond the reach are 0. */
    private static void triangle(double[] row, int count, double firstDistance, double perPixel) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            row[i] = Math.max(0, 1 - Math.abs((i + firstDistance) * perPixel));
            sum += row[i];
        }
        for (int i = 0; i < count; i++) {
            row[i] /= sum;
        }
    }

    /** Sets the weights of a pixel without the zeros at the end, so that an axis that keeps its size copies. */
    private void set(int pixel, int from, double[] row, int length) {
        int last = 0;
        for (int i = 0; i < length; i++) {
            int weight = (int) (0.5 + row[i] * ONE);
            weights[pixel * stride + i] = weight;
            last = weight == 0 ? last : i;
        }
        first[pixel] = from;
        count[pixel] = last + 1;
    }

    int end(int pixel) {
        return first[pixel] + count[pixel];
    }
}
