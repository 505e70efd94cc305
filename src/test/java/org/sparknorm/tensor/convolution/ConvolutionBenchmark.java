package org.sparknorm.tensor.convolution;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.ModelConfig;
import org.sparknorm.model.Models;
import org.sparknorm.nn.Conv2d;
import org.sparknorm.nn.Network;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.BlasLibrary;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Window;

/**
 * GFLOP/s of one thread in the convolutions of ResNet-20, ResNet-50 and BN-Inception, at one slice's share of a batch. No
 * part of the tests; all of it takes about a quarter of an hour, with a filter less:
 *
 * <pre>
 * mvn -q -B test-compile exec:exec -Pbenchmark
 * mvn -q -B test-compile exec:exec -Pbenchmark -Dbenchmark.filter='resnet20 3x3.* backward'
 * </pre>
 *
 * <p>The filter is a regular expression, sought in network, shape and direction with a blank between them. What counts as
 * work is that of the direct convolution, 2·N·H'·W'·O·K·K·C floating-point operations forward, whatever is really
 * computed: Winograd's algorithm may be above what the processor can do. Backward is twice that, the gradients by weights
 * and by input, and only once for the convolution nearest to the images, which has no gradient by its input.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class ConvolutionBenchmark {
    private static final List<Subject> SUBJECTS = List.of(
            new Subject("resnet20", 64, Shape.of(32, 32, 3), 10),
            new Subject("resnet50", 8, Shape.of(224, 224, 3), 1000),
            new Subject("bn-inception", 16, Shape.of(224, 224, 3), 1000));
    private static final int IMAGE_CHANNELS = 3;
    private static final double MEDIAN = 50;
    /** Kept here, since a logger that nobody holds forgets its level. */
    private static final Logger NETLIB = Logger.getLogger("dev.ludovic.netlib");

    private static final RandomSource RANDOM = RandomSource.of(1, "benchmark");

    /** As {@link Layer#toString} writes it. */
    @Param("3x3 64>64 at 56, 8 images")
    public String shape;

    @Param
    public Direction direction;

    private final Scratch scratch = new Scratch();
    private Layer layer;
    private Convolution convolution;
    private Weights w;
    private Weights dw;
    private float[] x;
    private float[] dx;
    private float[] y;
    private float[] dy;

    /** Which pass. */
    public enum Direction {
        FORWARD,
        BACKWARD;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A network, and what one slice sees in a step. */
    private record Subject(String model, int images, Shape example, int classes) {
        /** Each shape once, in the order of the forward pass. */
        Collection<Layer> convolutions() {
            ModelConfig config = ConfigFiles.ofText("steps = 1")
                    .with(List.of("model.name=" + model))
                    .toRunConfig()
                    .model();
            Set<Layer> layers = new LinkedHashSet<>();
            for (Network.Row row :
                    Models.build(config, example, classes, Blas.none()).rows()) {
                if (row.layer() instanceof Conv2d) {
                    layers.add(Layer.of(row, images));
                }
            }
            return layers;
        }
    }

    /** A convolution of square images, padded so that only the stride makes them smaller; sizes in pixels. */
    private record Layer(int kernel, int stride, int channels, int filters, int size, int images) {
        private static final Pattern TEXT =
                Pattern.compile("(\\d+)x\\1(?:/(?<stride>\\d+))? (?<channels>\\d+)>(?<filters>\\d+)"
                        + " at (?<size>\\d+), (?<images>\\d+) images");

        static Layer of(Network.Row row, int images) {
            // In files weights are [O, C, K, K].
            int kernel = row.layer().parameters().get(0).shape().last();
            int size = row.input().dimension(0);
            int stride = size / row.output().dimension(0);
            Layer layer =
                    new Layer(kernel, stride, row.input().last(), row.output().last(), size, images);
            ConvolutionGeometry geometry = layer.geometry();
            Shape output = Shape.of(geometry.outputHeight(), geometry.outputWidth(), geometry.filters());
            if (!output.equals(row.output())) {
                throw new IllegalStateException(row.layer() + " gives " + row.output() + ", " + layer + " " + output);
            }
            return layer;
        }

        static Layer parse(String text) {
            Matcher matcher = TEXT.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "no shape like \"3x3/2 64>64 at 56, 8 images\" (without /2: stride 1): " + text);
            }
            String stride = matcher.group("stride");
            return new Layer(
                    Integer.parseInt(matcher.group(1)),
                    stride == null ? 1 : Integer.parseInt(stride),
                    Integer.parseInt(matcher.group("channels")),
                    Integer.parseInt(matcher.group("filters")),
                    Integer.parseInt(matcher.group("size")),
                    Integer.parseInt(matcher.group("images")));
        }

        ConvolutionGeometry geometry() {
            Window window = new Window(kernel, stride, (kernel - 1) / 2);
            return new ConvolutionGeometry(window, size, size, channels, filters);
        }

        boolean isNearestToImages() {
            return channels == IMAGE_CHANNELS;
        }

        double operations(Direction direction) {
            ConvolutionGeometry geometry = geometry();
            double pixels = (double) images * geometry.outputHeight() * geometry.outputWidth();
            double forward = 2 * pixels * geometry.weightCount();
            return direction == Direction.FORWARD || isNearestToImages() ? forward : 2 * forward;
        }

        @Override
        public String toString() {
            String strideText = stride == 1 ? "" : "/" + stride;
            return kernel + "x" + kernel + strideText + " " + channels + ">" + filters + " at " + size + ", " + images
                    + " images";
        }
    }

    @Setup
    public void prepare() {
        // Otherwise every JVM says, amid the table, that the vector module is missing, which the native BLAS does not
        // need.
        NETLIB.setLevel(Level.SEVERE);
        layer = Layer.parse(shape);
        ConvolutionGeometry geometry = layer.geometry();
        convolution = new Convolution(
                geometry, BlasLibrary.load(BlasLibrary.available().names().get(0)));
        int inputs = layer.images() * geometry.height() * geometry.width() * geometry.channels();
        int outputs = layer.images() * geometry.outputHeight() * geometry.outputWidth() * geometry.filters();
        x = values(inputs, "x");
        dx = new float[inputs];
        y = new float[outputs];
        dy = values(outputs, "dy");
        w = new Weights(values(geometry.weightCount(), "w"), 0);
        dw = new Weights(new float[geometry.weightCount()], 0);
    }

    /** Between -1 and 1. */
    private static float[] values(int count, String name) {
        RandomSource source = RandomSource.of(RANDOM.key(), name);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (2 * source.uniform(i) - 1);
        }
        return values;
    }

    /** One pass over all images; what it writes is returned, so that it cannot be left out. */
    @Benchmark
    public float[] pass() {
        if (direction == Direction.FORWARD) {
            convolution.forward(new ForwardPass(x, layer.images(), w, null, y, OutputListener.NONE), scratch);
            return y;
        }
        convolution.backwardWeights(x, dy, layer.images(), dw, scratch);
        if (layer.isNearestToImages()) {
            return dw.data();
        }
        convolution.backwardInput(dy, layer.images(), w, dx, scratch);
        return dx;
    }

    /** Prints the table. The first argument, where there is one and it is not empty, is the filter. */
    public static void main(String[] arguments) throws RunnerException {
        Pattern filter = Pattern.compile(arguments.length == 0 ? "" : arguments[0]);
        System.out.printf(
                "GFLOP/s of direct convolution, one thread, %s: median, lowest and highest of the iterations%n%n",
                BlasLibrary.available().names().get(0));
        System.out.printf(
                "%-12s  %-32s  %-9s %8s %8s %8s%n", "network", "shape", "direction", "median", "lowest", "highest");
        boolean found = false;
        for (Subject subject : SUBJECTS) {
            for (Layer layer : subject.convolutions()) {
                List<Direction> directions = Stream.of(Direction.values())
                        .filter(direction -> filter.matcher(subject.model() + " " + layer + " " + direction)
                                .find())
                        .toList();
                for (Direction direction : directions) {
                    print(subject, layer, direction, nanoseconds(layer, direction));
                    found = true;
                }
            }
        }
        if (!found) {
            throw new IllegalArgumentException("no network, shape and direction match " + filter);
        }
    }

    /** What a pass takes. A run of its own for every row: the table is seen to grow. */
    private static Statistics nanoseconds(Layer layer, Direction direction) throws RunnerException {
        OptionsBuilder options = new OptionsBuilder();
        options.include(Pattern.quote(ConvolutionBenchmark.class.getName()) + "\\.pass")
                .param("shape", layer.toString())
                .param("direction", direction.name())
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        List<RunResult> results = new ArrayList<>(new Runner(options.build()).run());
        return results.get(0).getPrimaryResult().getStatistics();
    }

    private static void print(Subject subject, Layer layer, Direction direction, Statistics nanoseconds) {
        // Operations a nanosecond are 10⁹ operations a second.
        double operations = layer.operations(direction);
        System.out.printf(
                Locale.ROOT,
                "%-12s  %-32s  %-9s %8.1f %8.1f %8.1f%n",
                subject.model(),
                layer,
                direction,
                operations / nanoseconds.getPercentile(MEDIAN),
                operations / nanoseconds.getMax(),
                operations / nanoseconds.getMin());
    }
}
