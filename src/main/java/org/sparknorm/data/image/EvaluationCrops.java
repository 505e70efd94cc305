package org.sparknorm.data.image;

import java.util.Objects;

/**
 * Cuts the crops of a picture that a trained network evaluates: the single centre crop, or GoogLeNet's 144 crops
 * (Szegedy et al. 2014, section 7), whose class probabilities are averaged. Sizes are those of the papers for networks
 * that see 224 x 224 pixels, and in proportion for others, rounded to the nearest.
 *
 * <p>For the 144 crops the picture is resized so that its short side is 256, 288, 320 or 352. Each size gives three
 * squares as long as the short side (left, centre, right, or top, centre, bottom). Each square gives six parts (upper
 * left, upper right, lower left and lower right corner, centre, and the square itself resized), and each part is used
 * plain and mirrored. The number of a crop counts these choices with the last named fastest. Where squares coincide, as
 * in square pictures, so do crops.
 *
 * <p>A crop is computed when it is asked for, and one square is kept, so crops are best asked for in rising order. For
 * one thread.
 */
public final class EvaluationCrops {
    private static final int PAPER_SIZE = 224;
    private static final int SINGLE_SCALE = 256;
    private static final int[] SCALES = {256, 288, 320, 352};
    private static final int SQUARES = 3;
    private static final int PARTS = 6;
    private static final int MIRRORINGS = 2;
    private static final int CROPS_PER_SQUARE = PARTS * MIRRORINGS;

    private final Picture picture;
    private final int size;
    private final Resampler resampler = new Resampler();
    private Picture square;
    private int squareNumber = -1;

    /** @param size edge of the crops, in pixels */
    public EvaluationCrops(Picture picture, int size) {
        this.picture = picture;
        this.size = size;
    }

    /**
     * Returns the single crop: the centre {@code size} x {@code size} of the picture, resized so that its short side is
     * {@code size * 256 / 224}. Every picture is resized, whatever its size; for formats of one fixed size see
     * {@link #fit}.
     */
    static Picture single(Picture picture, int size) {
        return single(new Resampler(), picture, size);
    }

    static Picture single(Resampler resampler, Picture picture, int size) {
        int shortSide = scaled(size, SINGLE_SCALE);
        return resampler.resize(
                picture,
                centre(picture.width(), picture, shortSide, size),
                centre(picture.height(), picture, shortSide, size));
    }

    /**
     * Returns the picture itself if it is {@code size} x {@code size}, else its {@link #single} crop. This is for
     * formats whose images all have one size: such an image is the example, with nothing around it that could be cut
     * off.
     */
    public static Picture fit(Picture picture, int size) {
        return fit(new Resampler(), picture, size);
    }

    static Picture fit(Resampler resampler, Picture picture, int size) {
        boolean fits = picture.width() == size && picture.height() == size;
        return fits ? picture : single(resampler, picture, size);
    }

    /** Resizes the whole picture so that its short side has that length; the long side is rounded down. */
    public static Picture shortSide(Picture picture, int length) {
        int shorter = Math.min(picture.width(), picture.height());
        int width = (int) Math.max(1, (long) picture.width() * length / shorter);
        int height = (int) Math.max(1, (long) picture.height() * length / shorter);
        return new Resampler()
                .resize(
                        picture,
                        ResampledAxis.whole(0, picture.width(), width),
                        ResampledAxis.whole(0, picture.height(), height));
    }

    /** Number of crops of {@link #crop}: 144. */
    int count() {
        return SCALES.length * SQUARES * CROPS_PER_SQUARE;
    }

    /**
     * Returns one of the crops, of {@code size} x {@code size}.
     *
     * @throws IndexOutOfBoundsException if the number is not in 0 .. {@link #count} - 1
     */
    public Picture crop(int number) {
        Rectangle part = part(number);
        if (number / CROPS_PER_SQUARE != squareNumber) {
            squareNumber = number / CROPS_PER_SQUARE;
            square = resampler.resize(
                    picture, squareAxis(picture.width(), number), squareAxis(picture.height(), number));
        }
        Picture crop = part.width() == size
                ? Pixels.cut(square, part)
                : resampler.resize(
                        square,
                        ResampledAxis.whole(part.left(), part.width(), size),
                        ResampledAxis.whole(part.top(), part.height(), size));
        return isMirrored(number) ? Pixels.mirrored(crop) : crop;
    }

    /** Returns the pixels of the resized picture that the square of a crop has along one side. */
    ResampledAxis squareAxis(int length, int number) {
        int shortSide = shortSide(number);
        long whole = resized(length, picture, shortSide);
        long from = switch (number / CROPS_PER_SQUARE % SQUARES) {
            case 0 -> 0;
            case 1 -> halfOf(whole - shortSide);
            default -> whole - shortSide;
        };
        return new ResampledAxis(0, length, whole, from, shortSide);
    }

    /** Returns the part of its square that a crop shows. */
    Rectangle part(int number) {
        Objects.checkIndex(number, count());
        int shortSide = shortSide(number);
        int far = shortSide - size;
        int middle = (int) halfOf(far);
        return switch (number / MIRRORINGS % PARTS) {
            case 0 -> new Rectangle(0, 0, size, size);
            case 1 -> new Rectangle(far, 0, size, size);
            case 2 -> new Rectangle(0, far, size, size);
            case 3 -> new Rectangle(far, far, size, size);
            case 4 -> new Rectangle(middle, middle, size, size);
            default -> new Rectangle(0, 0, shortSide, shortSide);
        };
    }

    static boolean isMirrored(int number) {
        return number % MIRRORINGS == 1;
    }

    private int shortSide(int number) {
        return scaled(size, SCALES[number / (SQUARES * CROPS_PER_SQUARE)]);
    }

    private static ResampledAxis centre(int length, Picture picture, int shortSide, int size) {
        long whole = resized(length, picture, shortSide);
        return new ResampledAxis(0, length, whole, halfOf(whole - size), size);
    }

    private static int scaled(int size, int scale) {
        return (int) Math.round((double) size * scale / PAPER_SIZE);
    }

    /** Returns the length of a side after the short side got that length, rounded down as in torchvision. */
    private static long resized(int length, Picture picture, int shortSide) {
        return (long) shortSide * length / Math.min(picture.width(), picture.height());
    }

    /** Halves a length; of two middles it takes the even one, as torchvision's centre crop does. */
    private static long halfOf(long length) {
        return (long) Math.rint(length / 2.0);
    }
}
