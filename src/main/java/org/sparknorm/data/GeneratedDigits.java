package org.sparknorm.data;

import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Shape;

/**
 * Generates handwritten digits: 28×28 gray pictures with bright ink on black, each a pure function of (seed, split,
 * index). A digit has a few pen strokes from a table of writing styles, which every picture varies: the points are
 * displaced, the whole is bent, slanted, turned, scaled and shifted, and a pen of varying width draws it with some
 * noise.
 *
 * <p>The generator uses only additions, multiplications, divisions, square roots and {@link StrictMath}, so the bits
 * are the same on every machine.
 */
public final class GeneratedDigits {
    private static final int SIDE = 28;
    /** Shape {@code [H, W, C]} of a picture. */
    public static final Shape SHAPE = Shape.of(SIDE, SIDE, 1);

    /** The number of labels. */
    public static final int CLASSES = 10;

    private static final int PIXELS = SIDE * SIDE;

    /** Number of straight pieces that are drawn between two neighbouring points of a stroke. */
    private static final int PIECES = 5;
    /** Distance in pixels over which the edge of a stroke falls from full ink to none. */
    private static final double EDGE = 1.8;

    private static final double BRIGHTEST = 255;

    private GeneratedDigits() {}

    /** Fills 784 bytes from {@code pixels[offset]}, row by row, and returns the label. */
    public static int draw(long seed, Split split, long index, byte[] pixels, int offset) {
        RandomSource source = RandomSource.of(seed, "digits " + split.word()).at(index);
        Draws draws = new Draws(source);
        int label = draws.below(CLASSES);
        int[][] strokes = DigitStrokes.STYLES[label][draws.below(DigitStrokes.STYLES[label].length)];
        Page page = Page.drawn(draws);
        Pen pen = Pen.drawn(draws);
        double[] ink = new double[PIXELS];
        for (int[] stroke : strokes) {
            trace(displaced(stroke, pen.unsteadiness(), draws), page, pen, ink);
        }
        expose(ink, pen, source.at(0), pixels, offset);
        return label;
    }

    /** Moves each point of a stroke a little; the two halves of a corner move together. */
    private static double[] displaced(int[] stroke, double unsteadiness, Draws draws) {
        double[] points = new double[stroke.length];
        for (int i = 0; i < stroke.length; i += 2) {
            boolean corner = i > 0 && stroke[i] == stroke[i - 2] && stroke[i + 1] == stroke[i - 1];
            points[i] = corner ? points[i - 2] : stroke[i] + draws.around(0, unsteadiness);
            points[i + 1] = corner ? points[i - 1] : stroke[i + 1] + draws.around(0, unsteadiness);
        }
        return points;
    }

    /** Draws the Catmull-Rom curve through the points. */
    private static void trace(double[] points, Page page, Pen pen, double[] ink) {
        int spans = points.length / 2 - 1;
        double tableX = points[0];
        double tableY = points[1];
        double fromX = page.x(tableX, tableY);
        double fromY = page.y(tableX, tableY);
        for (int piece = 1; piece <= spans * PIECES; piece++) {
            int span = (piece - 1) / PIECES;
            double t = (double) (piece - span * PIECES) / PIECES;
            tableX = between(points, 2 * span, t);
            tableY = between(points, 2 * span + 1, t);
            double toX = page.x(tableX, tableY);
            double toY = page.y(tableX, tableY);
            double halfWidth =
                    pen.startHalfWidth() + (pen.endHalfWidth() - pen.startHalfWidth()) * piece / (spans * PIECES);
            segment(fromX, fromY, toX, toY, halfWidth, ink);
            fromX = toX;
            fromY = toY;
        }
    }

    /**
     * Returns a coordinate of the Catmull-Rom curve, at the share {@code t} of the way from the point at {@code i} to
     * the next.
     */
    private static double between(double[] points, int i, double t) {
        double p1 = points[i];
        double p2 = points[i + 2];
        double p0 = i >= 2 ? points[i - 2] : p1;
        double p3 = i + 4 < points.length ? points[i + 4] : p2;
        double cubic = 3 * (p1 - p2) + p3 - p0;
        double square = 2 * p0 - 5 * p1 + 4 * p2 - p3;
        return p1 + 0.5 * t * (p2 - p0 + t * (square + t * cubic));
    }

    /** Raises the ink of the pixels near a straight piece of a stroke. */
    private static void segment(double fromX, double fromY, double toX, double toY, double halfWidth, double[] ink) {
        double reach = halfWidth + EDGE / 2;
        int left = (int) Math.max(0, Math.min(fromX, toX) - reach);
        int right = (int) Math.min(SIDE - 1, Math.max(fromX, toX) + reach);
        int top = (int) Math.max(0, Math.min(fromY, toY) - reach);
        int bottom = (int) Math.min(SIDE - 1, Math.max(fromY, toY) + reach);
        double alongX = toX - fromX;
        double alongY = toY - fromY;
        double squaredLength = alongX * alongX + alongY * alongY;
        double inverse = squaredLength > 0 ? 1 / squaredLength : 0;
        for (int row = top; row <= bottom; row++) {
            for (int column = left; column <= right; column++) {
                double x = column - fromX;
                double y = row - fromY;
                double nearest = Math.max(0, Math.min(1, (x * alongX + y * alongY) * inverse));
                double awayX = x - nearest * alongX;
                double awayY = y - nearest * alongY;
                double squaredDistance = awayX * awayX + awayY * awayY;
                if (squaredDistance < reach * reach) {
                    double amount = Math.min(1, (reach - StrictMath.sqrt(squaredDistance)) / EDGE);
                    int pixel = row * SIDE + column;
                    ink[pixel] = Math.max(ink[pixel], amount);
                }
            }
        }
    }

    /** Turns ink into bytes and adds noise; 64 random bits serve eight pixels. */
    private static void expose(double[] ink, Pen pen, RandomSource noise, byte[] pixels, int offset) {
        long bits = 0;
        for (int i = 0; i < PIXELS; i++) {
            bits = i % Long.BYTES == 0 ? noise.bits(i / Long.BYTES) : bits >>> Byte.SIZE;
            double grain = ((bits & 0xFF) * 2 / BRIGHTEST - 1) * pen.noise();
            double value = Math.max(0, Math.min(1, ink[i] * pen.ink() + grain));
            pixels[offset + i] = (byte) (int) (value * BRIGHTEST + 0.5);
        }
    }

    /**
     * Maps the points of the table to pixels. With (u, v) the position of a point from the centre of the table, in
     * units of half its height, a polynomial in u and v bends the plane, and a linear map takes it to pixels.
     */
    private record Page(Bend bend, double xu, double xv, double yu, double yv, double centreX, double centreY) {
        private static final double HALF_HEIGHT = 9.6;
        private static final double HEIGHT_SPREAD = 1.6;
        private static final double WIDTH_TO_HEIGHT = 1;
        private static final double WIDTH_SPREAD = 0.36;
        private static final double TURN = 0.38;
        private static final double SLANT = 0.15;
        private static final double SLANT_SPREAD = 0.57;
        private static final double SHIFT = 3.2;

        static Page drawn(Draws draws) {
            double height = draws.around(HALF_HEIGHT, HEIGHT_SPREAD);
            double width = height * draws.around(WIDTH_TO_HEIGHT, WIDTH_SPREAD);
            double angle = draws.around(0, TURN);
            double slant = draws.around(SLANT, SLANT_SPREAD);
            double cosine = StrictMath.cos(angle);
            double sine = StrictMath.sin(angle);
            double centre = (SIDE - 1) / 2.0;
            return new Page(
                    Bend.drawn(draws),
                    width * cosine,
                    -height * (slant * cosine + sine),
                    width * sine,
                    height * (cosine - slant * sine),
                    draws.around(centre, SHIFT),
                    draws.around(centre, SHIFT));
        }

        double x(double tableX, double tableY) {
            double u = (tableX - DigitStrokes.CENTRE_X) / DigitStrokes.HALF_HEIGHT;
            double v = (tableY - DigitStrokes.CENTRE_Y) / DigitStrokes.HALF_HEIGHT;
            return centreX + xu * bend.u(u, v) + xv * bend.v(u, v);
        }

        double y(double tableX, double tableY) {
            double u = (tableX - DigitStrokes.CENTRE_X) / DigitStrokes.HALF_HEIGHT;
            double v = (tableY - DigitStrokes.CENTRE_Y) / DigitStrokes.HALF_HEIGHT;
            return centreY + yu * bend.u(u, v) + yv * bend.v(u, v);
        }
    }

    /** The coefficients of the polynomial that bends the plane. */
    private record Bend(double bow, double wave, double taper, double sag, double tilt, double balance) {
        private static final double AMOUNT = 0.28;
        /** Approximate mean of v² over a digit, so that {@code balance} does not shift it. */
        private static final double MIDDLE_SQUARE = 0.5;

        static Bend drawn(Draws draws) {
            return new Bend(
                    draws.around(0, AMOUNT),
                    draws.around(0, AMOUNT),
                    draws.around(0, AMOUNT),
                    draws.around(0, AMOUNT),
                    draws.around(0, AMOUNT),
                    draws.around(0, AMOUNT));
        }

        double u(double u, double v) {
            return u + v * (v * (bow + wave * v) + taper * u);
        }

        double v(double u, double v) {
            return v + sag * u * u + tilt * u * v + balance * (v * v - MIDDLE_SQUARE);
        }
    }

    /**
     * The pen of a picture: widths are in pixels, unsteadiness is in units of the table, the rest in shares of full
     * ink.
     */
    private record Pen(double startHalfWidth, double endHalfWidth, double unsteadiness, double ink, double noise) {
        private static final double HALF_WIDTH = 1.3;
        private static final double HALF_WIDTH_SPREAD = 0.3;
        private static final double PRESSURE_SPREAD = 0.15;
        private static final double LARGEST_UNSTEADINESS = 5;
        private static final double INK = 0.9;
        private static final double INK_SPREAD = 0.15;
        private static final double LARGEST_NOISE = 0.04;

        static Pen drawn(Draws draws) {
            double halfWidth = draws.around(HALF_WIDTH, HALF_WIDTH_SPREAD);
            double pressure = draws.around(0, PRESSURE_SPREAD);
            return new Pen(
                    halfWidth * (1 + pressure),
                    halfWidth * (1 - pressure),
                    LARGEST_UNSTEADINESS * draws.next(),
                    draws.around(INK, INK_SPREAD),
                    LARGEST_NOISE * draws.next());
        }
    }

    /** Reads the random numbers of one picture one after another. */
    private static final class Draws {
        private final RandomSource source;
        private long count;

        Draws(RandomSource source) {
            this.source = source;
        }

        double next() {
            return source.uniform(count++);
        }

        int below(int bound) {
            return (int) (next() * bound);
        }

        /** Draws from {@code centre - spread} to {@code centre + spread}, with more weight near the centre. */
        double around(double centre, double spread) {
            return centre + spread * (next() + next() - 1);
        }
    }
}
