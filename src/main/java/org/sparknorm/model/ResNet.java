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
import org.sparknorm.tensor.Window;

/**
 * Residual networks (He et al. 2015) under torchvision's names. A block whose shape changes has a projection as its
 * shortcut; a bottleneck has its stride in the 3×3 convolution, as torchvision's.
 */
final class ResNet {
    private static final Window POINT = new Window(1, 1, 0);
    private static final Window STEM = new Window(7, 2, 3);
    private static final Window POOL = new Window(3, 2, 1);
    /** Output channels of a bottleneck for each of its inner ones. */
    private static final int EXPANSION = 4;

    private final Units units;
    private final List<Layer> layers = new ArrayList<>();
    private int channels;

    private ResNet(ModelConfig config, Blas blas) {
        this.units = new Units(config, blas);
    }

    /** For CIFAR (section 4.2): three stages of three basic blocks, 16, 32 and 64 wide. */
    static Layer resnet20(ModelConfig config, int inputChannels, int classes, Blas blas) {
        ResNet net = new ResNet(config, blas);
        net.stem(inputChannels, 16, square(1));
        int[] widths = {16, 32, 64};
        for (int stage = 0; stage < widths.length; stage++) {
            for (int block = 0; block < 3; block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                net.basic("layer" + (stage + 1) + "." + block, net.units.width(widths[stage]), stride);
            }
        }
        return net.finish(classes);
    }

    /** For ImageNet (table 1): four stages of 3, 4, 6 and 3 bottlenecks. */
    static Layer resnet50(ModelConfig config, int inputChannels, int classes, Blas blas) {
        ResNet net = new ResNet(config, blas);
        net.stem(inputChannels, 64, STEM);
        net.layers.add(new Pool2d("the pool behind conv1", Pool2d.Kind.MAX, POOL, false));
        int[] widths = {64, 128, 256, 512};
        int[] blocks = {3, 4, 6, 3};
        for (int stage = 0; stage < widths.length; stage++) {
            for (int block = 0; block < blocks[stage]; block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                net.bottleneck("layer" + (stage + 1) + "." + block, net.units.width(widths[stage]), stride);
            }
        }
        return net.finish(classes);
    }

    private static Window square(int stride) {
        return new Window(3, stride, 1);
    }

    private void stem(int inputChannels, int width, Window window) {
        channels = units.width(width);
        layers.addAll(units.of(new Units.Convolution("conv1", "bn1", inputChannels, channels, window, true)));
    }

    private void basic(String name, int width, int stride) {
        List<Layer> body = new ArrayList<>(unit(name, 1, channels, width, square(stride), units.activation()));
        body.addAll(unit(name, 2, width, width, square(1), Activation.Kind.NONE));
        join(name, body, width, stride);
    }

    private void bottleneck(String name, int width, int stride) {
        int output = EXPANSION * width;
        List<Layer> body = new ArrayList<>(unit(name, 1, channels, width, POINT, units.activation()));
        body.addAll(unit(name, 2, width, width, square(stride), units.activation()));
        body.addAll(unit(name, 3, width, output, POINT, Activation.Kind.NONE));
        join(name, body, output, stride);
    }

    private List<Layer> unit(String block, int number, int in, int out, Window window, Activation.Kind activation) {
        return units.of(
                new Units.Convolution(block + ".conv" + number, block + ".bn" + number, in, out, window, false),
                activation);
    }

    private void join(String name, List<Layer> body, int output, int stride) {
        Layer shortcut = null;
        if (stride != 1 || channels != output) {
            Units.Convolution projection = new Units.Convolution(
                    name + ".downsample.0", name + ".downsample.1", channels, output, new Window(1, stride, 0), false);
            shortcut = new Sequential(units.of(projection, Activation.Kind.NONE));
        }
        layers.add(new Residual(name, body, shortcut, units.activation()));
        channels = output;
    }

    private Layer finish(int classes) {
        layers.add(new GlobalAveragePool());
        layers.add(units.classifier("fc", channels, classes));
        return new Sequential(layers);
    }
}
