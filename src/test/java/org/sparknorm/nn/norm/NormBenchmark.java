package org.sparknorm.nn.norm;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Pass;
import org.sparknorm.sync.AllReduce;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/**
 * Milliseconds that each norm takes forward and backward in training on {@code [64, 28, 28, 192]}, one thread: a line a norm,
 * its name and the median. No part of the tests; {@code src/test/python/norm_ratio.py} runs it in turn with PyTorch:
 *
 * <pre>
 * mvn -q -B test-compile exec:exec -Pbenchmark -Dbenchmark.class=org.sparknorm.nn.norm.NormBenchmark
 * </pre>
 */
public final class NormBenchmark {
    private static final int EXAMPLES = 64;
    private static final int SIDE = 28;
    private static final int CHANNELS = 192;
    private static final int GROUPS = 32;
    private static final double EPSILON = 1e-5;
    private static final int WARM_UP = 15;
    private static final int MEASURED = 25;
    private static final double NANOSECONDS_A_MILLISECOND = 1e6;

    private NormBenchmark() {}

    /** A single slice: its sums are those of all. */
    private static final class Alone implements AllReduce {
        @Override
        public double[] sum(String name, double[] values) {
            return values;
        }
    }

    private static Map<String, Layer> norms() {
        NormSpec site = new NormSpec("norm", CHANNELS, Activation.Kind.NONE);
        BatchNorm.Options options = new BatchNorm.Options(EPSILON, 0.9, true);
        Map<String, Layer> norms = new LinkedHashMap<>();
        norms.put("batch", new BatchNorm(site, options));
        norms.put("layer", new GroupNorm(site, 1, EPSILON, null));
        norms.put("layer-positions", new LayerNorm("norm", CHANNELS, EPSILON));
        norms.put("group", new GroupNorm(site, GROUPS, EPSILON, null));
        norms.put("instance", GroupNorm.ofInstances(site, EPSILON, null));
        norms.put("switchable", new SwitchableNorm(site, options, false, null));
        return norms;
    }

    /** Names the norms to be timed; all without arguments. */
    public static void main(String[] arguments) {
        norms().forEach((name, norm) -> {
            if (arguments.length == 0
                    || arguments[0].isEmpty()
                    || Arrays.asList(arguments).contains(name)) {
                System.out.printf(Locale.ROOT, "%s %.3f%n", name, milliseconds(norm));
            }
        });
    }

    private static double milliseconds(Layer norm) {
        Shape example = Shape.of(SIDE, SIDE, CHANNELS);
        Network network = new Network(norm, example);
        network.bind(values("weights", network.weightCount()), new float[network.weightCount()], null);
        Shape shape = example.batch(EXAMPLES);
        Tensor x = new Tensor(values("x", shape.size()), shape);
        Tensor dy = new Tensor(values("dy", shape.size()), shape);
        Pass pass = Pass.training(RandomSource.of(1, "layers"), new Alone(), new Scratch());
        double[] times = new double[MEASURED];
        for (int i = -WARM_UP; i < MEASURED; i++) {
            long start = System.nanoTime();
            norm.forward(x, pass);
            pass.scratch().give(norm.backward(dy, pass));
            if (i >= 0) {
                times[i] = (System.nanoTime() - start) / NANOSECONDS_A_MILLISECOND;
            }
        }
        Arrays.sort(times);
        return times[MEASURED / 2];
    }

    private static float[] values(String purpose, int size) {
        RandomSource random = RandomSource.of(1, purpose);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (2 * random.uniform(i) - 1);
        }
        return values;
    }
}
