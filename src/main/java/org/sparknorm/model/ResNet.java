package org.sparknorm.model;

import java.util.ArrayList;
import java.util.List;
import org.sparknorm.config.ModelConfig;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.GlobalAveragePool;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Pool2d;
import org.sparknorm.nn.Residual;
import org.sparknorm.nn.Sequential;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Window;

/**
 * Builds residual networks (He et al. 2015) with torchvision's names. A block whose shape changes has a projection as
 * its shortcut; a bottleneck has its stride in the 3×3 convolution, as torchvision's has.
 */
final class ResNet {
    private static final Window POINT = new Window(1, 1, 0);
    private static final Window STEM = new Window(7, 2, 3);
    private static final Window POOL = new Window(3, 2, 1);
    /** Output channels of a bottleneck for each of its inner channels. */
    private static final int EXPANSION = 4;

    private final Blocks blocks;
    private final List<Layer> layers = new ArrayList<>();
    /** The shape of the images after the layers so far. */
    private Shape shape;

    private ResNet(ModelConfig config, Shape input, Blas blas) {
        this.blocks = new Blocks(config, blas);
        this.shape = input;
    }

    /** The network for CIFAR (section 4.2): three stages of three basic blocks with 16, 32 and 64 channels. */
    static Layer resnet20(ModelConfig config, Shape input, int classes, Blas blas) {
        ResNet net = new ResNet(config, input, blas);
        net.stem(16, square(1));
        int[] widths = {16, 32, 64};
        for (int stage = 0; stage < widths.length; stage++) {
            for (int block = 0; block < 3; block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                net.basic("layer" + (stage + 1) + "." + block, net.blocks.width(widths[stage]), stride);
            }
        }
        return net.finish(classes);
    }

    /** The network for ImageNet (table 1): four stages of 3, 4, 6 and 3 bottlenecks. */
    static Layer resnet50(ModelConfig config, Shape input, int classes, Blas blas) {
        ResNet net = new ResNet(config, input, blas);
        net.stem(64, STEM);
        net.add(List.of(new Pool2d("the pool after conv1", Pool2d.Kind.MAX, POOL, false)));
        int[] widths = {64, 128, 256, 512};
        int[] depths = {3, 4, 6, 3};
        for (int stage = 0; stage < widths.length; stage++) {
            for (int block = 0; block < depths[stage]; block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                net.bottleneck("layer" + (stage + 1) + "." + block, net.blocks.width(widths[stage]), stride);
            }
        }
        return net.finish(classes);
    }

    private static Window square(int stride) {
        return new Window(3, stride, 1);
    }

    private void add(List<Layer> more) {
        layers.addAll(more);
        shape = new Sequential(more).outputShape(shape);
    }

    private void stem(int width, Window window) {
        add(blocks.of(new Blocks.Convolution("conv1", "bn1", shape, blocks.width(width), window, true)));
    }

    private void basic(String name, int width, int stride) {
        Body body = new Body(name);
        body.add(width, square(stride), blocks.activation());
        body.add(width, square(1), Activation.Kind.NONE);
        join(name, body, stride);
    }

    private void bottleneck(String name, int width, int stride) {
        Body body = new Body(name);
        body.add(width, POINT, blocks.activation());
        body.add(width, square(stride), blocks.activation());
        body.add(EXPANSION * width, POINT, Activation.Kind.NONE);
        join(name, body, stride);
    }

    /** The numbered convolutions of a block, one after the other; the shortcut is parallel to them. */
    private final class Body {
        private final String block;
        private final List<Layer> layers = new ArrayList<>();
        private Shape output = shape;
        private int number;

        Body(String block) {
            this.block = block;
        }

        void add(int width, Window window, Activation.Kind activation) {
            number++;
            List<Layer> added = blocks.of(
                    new Blocks.Convolution(
                            block + ".conv" + number, block + ".bn" + number, output, width, window, false),
                    activation);
            layers.addAll(added);
            output = new Sequential(added).outputShape(output);
        }
    }

    private void join(String name, Body body, int stride) {
        Layer shortcut = null;
        int width = body.output.last();
        if (stride != 1 || shape.last() != width) {
            Blocks.Convolution projection = new Blocks.Convolution(
                    name + ".downsample.0", name + ".downsample.1", shape, width, new Window(1, stride, 0), false);
            shortcut = new Sequential(blocks.of(projection, Activation.Kind.NONE));
        }
        add(List.of(new Residual(name, body.layers, shortcut, blocks.activation())));
    }

    private Layer finish(int classes) {
        layers.add(new GlobalAveragePool());
        layers.addAll(blocks.classifier("fc", shape.last(), classes));
        return new Sequential(layers);
    }
}
