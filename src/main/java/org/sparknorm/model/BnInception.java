package org.sparknorm.model;

import java.util.ArrayList;
import java.util.List;
import org.sparknorm.config.ModelConfig;
import org.sparknorm.nn.Concat;
import org.sparknorm.nn.GlobalAveragePool;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Pool2d;
import org.sparknorm.nn.Sequential;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Window;

/**
 * BN-Inception (Ioffe and Szegedy 2015, figure 5), a plain 7×7 convolution in front. The figure's projection of 128
 * channels in 4c and 4d makes 608 channels where it prints 576; {@code model.projection} chooses 96 or 128. Without a norm
 * it is Inception, with biases.
 */
final class BnInception {
    private static final Window POINT = new Window(1, 1, 0);
    private static final Window SQUARE = new Window(3, 1, 1);
    private static final Window SQUARE_HALVING = new Window(3, 2, 1);
    private static final Window STEM = new Window(7, 2, 3);
    private static final Window POOL_HALVING = new Window(3, 2, 0);

    private final Units units;
    private final List<Layer> layers = new ArrayList<>();
    private int channels;

    /**
     * A row of the figure. Without a 1×1 branch the module halves the image, and its pool is passed through.
     *
     * @param pool of the pool's branch
     * @param projection behind the pool; 0 for none
     */
    private record Module(
            String name,
            int point,
            int squareReduce,
            int square,
            int doubleReduce,
            int doubleSquare,
            Pool2d.Kind pool,
            int projection) {}

    private BnInception(ModelConfig config, Blas blas) {
        this.units = new Units(config, blas);
    }

    static Layer layers(ModelConfig config, int inputChannels, int classes, Blas blas) {
        BnInception net = new BnInception(config, blas);
        net.channels = inputChannels;
        net.layers.addAll(net.unit("conv1_7x7_s2", inputChannels, 64, STEM, true));
        net.layers.add(pool("pool1", Pool2d.Kind.MAX, POOL_HALVING, true));
        net.layers.addAll(net.unit("conv2_3x3_reduce", net.units.width(64), 64, POINT, false));
        net.layers.addAll(net.unit("conv2_3x3", net.units.width(64), 192, SQUARE, false));
        net.layers.add(pool("pool2", Pool2d.Kind.MAX, POOL_HALVING, true));
        net.channels = net.units.width(192);
        for (Module module : modules(config.projection())) {
            net.add(module);
        }
        net.layers.add(new GlobalAveragePool());
        net.layers.add(net.units.classifier("last_linear", net.channels, classes));
        return new Sequential(net.layers);
    }

    private static List<Module> modules(int projection) {
        Pool2d.Kind average = Pool2d.Kind.AVERAGE;
        Pool2d.Kind max = Pool2d.Kind.MAX;
        return List.of(
                new Module("3a", 64, 64, 64, 64, 96, average, 32),
                new Module("3b", 64, 64, 96, 64, 96, average, 64),
                new Module("3c", 0, 128, 160, 64, 96, max, 0),
                new Module("4a", 224, 64, 96, 96, 128, average, 128),
                new Module("4b", 192, 96, 128, 96, 128, average, 128),
                new Module("4c", 160, 128, 160, 128, 160, average, projection),
                new Module("4d", 96, 128, 192, 160, 192, average, projection),
                new Module("4e", 0, 128, 192, 192, 256, max, 0),
                new Module("5a", 352, 192, 320, 160, 224, average, 128),
                new Module("5b", 352, 192, 320, 192, 224, max, 128));
    }

    private void add(Module module) {
        String name = "inception_" + module.name();
        boolean halves = module.point() == 0;
        Window last = halves ? SQUARE_HALVING : SQUARE;
        List<Layer> branches = new ArrayList<>();
        int output = 0;
        if (!halves) {
            branches.add(new Sequential(unit(name + "_1x1", channels, module.point(), POINT, false)));
            output += units.width(module.point());
        }
        List<Layer> square = new ArrayList<>(unit(name + "_3x3_reduce", channels, module.squareReduce(), POINT, false));
        square.addAll(unit(name + "_3x3", units.width(module.squareReduce()), module.square(), last, false));
        branches.add(new Sequential(square));
        output += units.width(module.square());
        int doubleSquare = units.width(module.doubleSquare());
        List<Layer> twice =
                new ArrayList<>(unit(name + "_double_3x3_reduce", channels, module.doubleReduce(), POINT, false));
        twice.addAll(
                unit(name + "_double_3x3_1", units.width(module.doubleReduce()), module.doubleSquare(), SQUARE, false));
        twice.addAll(unit(name + "_double_3x3_2", doubleSquare, module.doubleSquare(), last, false));
        branches.add(new Sequential(twice));
        output += doubleSquare;
        List<Layer> pooled = new ArrayList<>();
        pooled.add(pool(name + "_pool", module.pool(), halves ? POOL_HALVING : SQUARE, halves));
        if (module.projection() > 0) {
            pooled.addAll(unit(name + "_pool_proj", channels, module.projection(), POINT, false));
            output += units.width(module.projection());
        } else {
            output += channels;
        }
        branches.add(new Sequential(pooled));
        layers.add(new Concat(name, branches));
        channels = output;
    }

    /** @param filters before {@code model.width} */
    private List<Layer> unit(String name, int in, int filters, Window window, boolean nearestToImages) {
        return units.of(new Units.Convolution(name, name + "_bn", in, units.width(filters), window, nearestToImages));
    }

    private static Layer pool(String name, Pool2d.Kind kind, Window window, boolean roundUp) {
        return new Pool2d(name, kind, window, roundUp);
    }
}
