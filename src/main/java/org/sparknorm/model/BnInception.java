package org.sparknorm.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.sparknorm.config.ModelConfig;
import org.sparknorm.nn.Concat;
import org.sparknorm.nn.GlobalAveragePool;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Pool2d;
import org.sparknorm.nn.Sequential;
import org.sparknorm.nn.norm.LocalResponseNorm;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Window;

/**
 * Builds BN-Inception (Ioffe and Szegedy 2015, figure 5) with a plain 7×7 convolution first. The figure's projection of
 * 128 channels in 4c and 4d gives 608 channels where it prints 576; {@code model.projection} chooses 96 or 128. Without
 * a norm the network is Inception, with biases.
 */
final class BnInception {
    private static final Window POINT = new Window(1, 1, 0);
    private static final Window SQUARE = new Window(3, 1, 1);
    private static final Window SQUARE_HALVING = new Window(3, 2, 1);
    private static final Window STEM = new Window(7, 2, 3);
    private static final Window POOL_HALVING = new Window(3, 2, 0);

    /** The modules in which {@code model.norm-per-activation} acts, those of the paper's ensemble (section 4.2.3). */
    private static final Set<String> LAST_HIDDEN = Set.of("5a", "5b");

    private final Blocks blocks;
    private final Blocks lastBlocks;
    private final List<Layer> layers = new ArrayList<>();
    /** The shape of the images after the layers so far. */
    private Shape shape;

    /**
     * A row of the figure. A module without a 1×1 branch halves the image.
     *
     * @param point filters of the 1×1 branch; 0 if there is none
     * @param pool kind of the pool in the fourth branch
     * @param projection filters of the 1×1 convolution after the pool; 0 if there is none
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

    private BnInception(ModelConfig config, Shape input, Blas blas) {
        this.blocks = new Blocks(config, false, blas);
        this.lastBlocks = new Blocks(config, blas);
        this.shape = input;
    }

    static Layer layers(ModelConfig config, Shape input, int classes, Blas blas) {
        BnInception net = new BnInception(config, input, blas);
        net.stem(config.localResponseNorm());
        for (Module module : modules(config.projection())) {
            net.add(module);
        }
        net.layers.add(new GlobalAveragePool());
        net.layers.addAll(net.blocks.classifier("last_linear", net.shape.last(), classes));
        return new Sequential(net.layers);
    }

    /**
     * @param normalizesResponses whether there are local response norms around the second convolution, as in the
     * original Inception
     */
    private void stem(boolean normalizesResponses) {
        add(convolution(blocks, "conv1_7x7_s2", shape, 64, STEM));
        add(List.of(pool("pool1", Pool2d.Kind.MAX, POOL_HALVING, true)));
        if (normalizesResponses) {
            add(List.of(new LocalResponseNorm()));
        }
        add(convolution(blocks, "conv2_3x3_reduce", shape, 64, POINT));
        add(convolution(blocks, "conv2_3x3", shape, 192, SQUARE));
        if (normalizesResponses) {
            add(List.of(new LocalResponseNorm()));
        }
        add(List.of(pool("pool2", Pool2d.Kind.MAX, POOL_HALVING, true)));
    }

    private void add(List<Layer> more) {
        layers.addAll(more);
        shape = new Sequential(more).outputShape(shape);
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
        Blocks own = LAST_HIDDEN.contains(module.name()) ? lastBlocks : blocks;
        String name = "inception_" + module.name();
        boolean halves = module.point() == 0;
        Window last = halves ? SQUARE_HALVING : SQUARE;
        List<Layer> branches = new ArrayList<>();
        if (!halves) {
            branches.add(new Branch(own)
                    .convolution(name + "_1x1", module.point(), POINT)
                    .layers());
        }
        branches.add(new Branch(own)
                .convolution(name + "_3x3_reduce", module.squareReduce(), POINT)
                .convolution(name + "_3x3", module.square(), last)
                .layers());
        branches.add(new Branch(own)
                .convolution(name + "_double_3x3_reduce", module.doubleReduce(), POINT)
                .convolution(name + "_double_3x3_1", module.doubleSquare(), SQUARE)
                .convolution(name + "_double_3x3_2", module.doubleSquare(), last)
                .layers());
        Branch pooled = new Branch(own).pool(name + "_pool", module.pool(), halves ? POOL_HALVING : SQUARE, halves);
        if (module.projection() > 0) {
            pooled.convolution(name + "_pool_proj", module.projection(), POINT);
        }
        branches.add(pooled.layers());
        add(List.of(new Concat(name, branches)));
    }

    /** The layers of one branch, one after the other. */
    private final class Branch {
        private final Blocks own;
        private final List<Layer> layers = new ArrayList<>();
        private Shape output = shape;

        Branch(Blocks own) {
            this.own = own;
        }

        private Branch add(List<Layer> more) {
            layers.addAll(more);
            output = new Sequential(more).outputShape(output);
            return this;
        }

        Branch convolution(String name, int filters, Window window) {
            return add(BnInception.convolution(own, name, output, filters, window));
        }

        Branch pool(String name, Pool2d.Kind kind, Window window, boolean roundUp) {
            return add(List.of(BnInception.pool(name, kind, window, roundUp)));
        }

        Layer layers() {
            return new Sequential(layers);
        }
    }

    /** @param filters before {@code model.width} */
    private static List<Layer> convolution(Blocks blocks, String name, Shape input, int filters, Window window) {
        boolean nearestToImages = window.equals(STEM);
        return blocks.of(
                new Blocks.Convolution(name, name + "_bn", input, blocks.width(filters), window, nearestToImages));
    }

    private static Layer pool(String name, Pool2d.Kind kind, Window window, boolean roundUp) {
        return new Pool2d(name, kind, window, roundUp);
    }
}
