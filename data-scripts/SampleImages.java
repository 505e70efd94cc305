import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * Draws pictures of shapes and patterns as JPEG files in class folders, {@code FOLDER/train/CLASS/0001.jpg} and so on:
 * {@code java SampleImages.java FOLDER CLASSES IMAGES VALIDATION SEED}, with IMAGES and VALIDATION pictures of each class.
 *
 * <p>A class is a kind of figure. Its place, size, angle and number, the colours of figure and background, the noise and
 * the size of the picture say nothing about it. A picture is a function of (seed, split, class, index), made of additions,
 * multiplications, divisions, square roots and {@link StrictMath}: the pixels are the same on every machine, and the
 * files with the same JPEG encoder.
 */
public final class SampleImages {
    private static final List<String> KINDS =
            List.of("rings", "stripes", "checkers", "blobs", "crosses", "triangles", "waves", "spirals");

    /** Pixels along a side. */
    private static final int SHORTEST_SIDE = 80;

    private static final int LONGEST_SIDE = 300;
    private static final double SHARE_OF_GRAY = 0.1;
    /** Least difference, of 255, between the brightness of the figure and that of either end of the background. */
    private static final double LEAST_CONTRAST = 60;

    private static final float JPEG_QUALITY = 0.9f;
    private static final double TURN = 2 * Math.PI;

    /** A figure, as the number of pixels by which (x, y) lies inside it; negative outside. */
    private interface Figure {
        double depth(double x, double y);
    }

    /** The place and the angle of a figure that is defined at the origin: a movement of the plane. */
    private record Placed(double centreX, double centreY, double cosine, double sine) {
        static Placed drawn(Draws draws, double width, double height) {
            double angle = draws.between(0, TURN);
            return new Placed(
                    width * draws.between(0.1, 0.9),
                    height * draws.between(0.1, 0.9),
                    StrictMath.cos(angle),
                    StrictMath.sin(angle));
        }

        double along(double x, double y) {
            return (x - centreX) * cosine + (y - centreY) * sine;
        }

        double across(double x, double y) {
            return (y - centreY) * cosine - (x - centreX) * sine;
        }
    }

    /** Random numbers by SplitMix64 (Steele, Lea, Flood, 2014), which needs only a few additions and products. */
    private static final class Draws {
        private long state;

        Draws(long... keys) {
            for (long key : keys) {
                state = next() ^ key;
            }
        }

        private long next() {
            state += 0x9e3779b97f4a7c15L;
            long z = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
            z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
            return z ^ (z >>> 31);
        }

        double between(double low, double high) {
            return low + (high - low) * (next() >>> 11) * 0x1p-53;
        }

        /** Draws a whole number from {@code low} to {@code high}, both included. */
        int whole(int low, int high) {
            return low + (int) ((next() >>> 11) * 0x1p-53 * (high - low + 1));
        }
    }

    private SampleImages() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        int classes = Integer.parseInt(arguments[1]);
        int[] images = {Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3])};
        long seed = Long.parseLong(arguments[4]);
        ImageIO.setUseCache(false);
        List<String> splits = List.of("train", "val");
        for (int split = 0; split < splits.size(); split++) {
            for (int kind = 0; kind < classes; kind++) {
                Path target = Files.createDirectories(
                        folder.resolve(splits.get(split)).resolve(KINDS.get(kind)));
                for (int index = 0; index < images[split]; index++) {
                    BufferedImage image = draw(KINDS.get(kind), new Draws(seed, split, kind, index));
                    write(image, target.resolve("%04d.jpg".formatted(index + 1)));
                }
            }
        }
    }

    private static void write(BufferedImage image, Path file) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(Files.newOutputStream(file))) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            parameters.setCompressionQuality(JPEG_QUALITY);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), parameters);
        } finally {
            writer.dispose();
        }
    }

    private static BufferedImage draw(String kind, Draws draws) {
        int width = draws.whole(SHORTEST_SIDE, LONGEST_SIDE);
        int height = draws.whole(SHORTEST_SIDE, LONGEST_SIDE);
        boolean gray = draws.between(0, 1) < SHARE_OF_GRAY;
        Figure figure = figure(kind, draws, width, height);
        double[] from = colour(draws, gray);
        double[] to = colour(draws, gray);
        double[] ink = colour(draws, gray);
        while (Math.abs(brightness(ink) - brightness(from)) < LEAST_CONTRAST
                || Math.abs(brightness(ink) - brightness(to)) < LEAST_CONTRAST) {
            from = colour(draws, gray);
            to = colour(draws, gray);
            ink = colour(draws, gray);
        }
        Placed slope = Placed.drawn(draws, width, height);
        double noise = draws.between(2, 25);
        BufferedImage image =
                new BufferedImage(width, height, gray ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
        WritableRaster raster = image.getRaster();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double shade = within(0.5 + slope.along(x, y) / (width + height), 0, 1);
                double covered = within(0.5 + figure.depth(x, y), 0, 1);
                for (int channel = 0; channel < raster.getNumBands(); channel++) {
                    double background = from[channel] + (to[channel] - from[channel]) * shade;
                    double value = background + (ink[channel] - background) * covered + draws.between(-noise, noise);
                    raster.setSample(x, y, channel, (int) within(value + 0.5, 0, 255));
                }
            }
        }
        return image;
    }

    private static double[] colour(Draws draws, boolean gray) {
        double red = draws.between(0, 255);
        return gray ? new double[] {red, red, red} : new double[] {red, draws.between(0, 255), draws.between(0, 255)};
    }

    private static double brightness(double[] colour) {
        return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];
    }

    private static double within(double value, double low, double high) {
        return Math.min(Math.max(value, low), high);
    }

    private static Figure figure(String kind, Draws draws, double width, double height) {
        double side = Math.min(width, height);
        return switch (kind) {
            case "blobs", "crosses", "triangles" -> scattered(kind, draws, width, height);
            default -> pattern(kind, draws, Placed.drawn(draws, width, height), side * draws.between(0.15, 0.35));
        };
    }

    /** Makes a pattern all over the picture that repeats after {@code period} pixels. */
    private static Figure pattern(String kind, Draws draws, Placed placed, double period) {
        double turns = TURN / period;
        double phase = draws.between(0, TURN);
        double squeeze = draws.between(0.7, 1);
        double bend = period * draws.between(0.25, 0.45);
        double bends = turns * draws.between(0.5, 0.9);
        int arms = draws.whole(2, 4) * (draws.whole(0, 1) == 0 ? 1 : -1);
        return (x, y) -> {
            double u = placed.along(x, y);
            double v = placed.across(x, y) * squeeze;
            double radius = Math.sqrt(u * u + v * v);
            double wave = switch (kind) {
                case "rings" -> StrictMath.sin(turns * radius + phase);
                case "stripes" -> StrictMath.sin(turns * u + phase);
                case "waves" -> StrictMath.sin(turns * (u + bend * StrictMath.sin(bends * v)) + phase);
                case "checkers" -> StrictMath.sin(turns * u + phase) * StrictMath.sin(turns * v);
                case "spirals" -> StrictMath.sin(turns * radius + arms * StrictMath.atan2(v, u) + phase);
                default -> throw new IllegalArgumentException(kind);
            };
            return wave / turns;
        };
    }

    /** Makes some figures of one kind, of different sizes. */
    private static Figure scattered(String kind, Draws draws, double width, double height) {
        double side = Math.min(width, height);
        int count = draws.whole(4, 8);
        Placed[] places = new Placed[count];
        double[] sizes = new double[count];
        for (int i = 0; i < count; i++) {
            places[i] = Placed.drawn(draws, width, height);
            sizes[i] = side * draws.between(0.1, 0.2);
        }
        return (x, y) -> {
            double deepest = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < count; i++) {
                double u = places[i].along(x, y);
                double v = places[i].across(x, y);
                double depth = switch (kind) {
                    case "blobs" -> sizes[i] - Math.sqrt(u * u + v * v);
                    case "crosses" -> cross(Math.abs(u), Math.abs(v), sizes[i]);
                    case "triangles" -> triangle(u, Math.abs(v), sizes[i]);
                    default -> throw new IllegalArgumentException(kind);
                };
                deepest = Math.max(deepest, depth);
            }
            return deepest;
        };
    }

    private static double cross(double u, double v, double length) {
        double thickness = 0.3 * length;
        return Math.max(Math.min(thickness - u, length - v), Math.min(length - u, thickness - v));
    }

    /** One side lies across the negative half of the u axis, the other two mirror each other. */
    private static double triangle(double u, double v, double size) {
        return 0.7 * size - Math.max(-u, 0.5 * u + Math.sqrt(0.75) * v);
    }
}
