package org.sparknorm.model;

import java.util.ArrayList;
import java.util.List;
import org.sparknorm.config.ModelConfig;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Pool2d;
import org.sparknorm.nn.Sequential;
import org.sparknorm.nn.View;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Window;

/**
 * Builds the small convolutional network of the Keras example from which this project began: two unpadded 3×3
 * convolutions with 32 and 64 channels, each with a norm (after its activation) and a max pool, a linear layer of 64,
 * and the classes. The sides of images are 28 → 26 → 13 → 11 → 5.
 */
final class SmallCnn {
    private static final Window CONVOLUTION = new Window(3, 1, 0);
    private static final Window POOL = new Window(2, 2, 0);
    private static final int FIRST = 32;
    private static final int SECOND = 64;
    private static final int HIDDEN = 64;

    private SmallCnn() {}

    static Layer layers(ModelConfig config, Shape input, int classes, Blas blas) {
        Blocks blocks = new Blocks(config, blas);
        int first = blocks.width(FIRST);
        int second = blocks.width(SECOND);
        int hidden = blocks.width(HIDDEN);
        List<Layer> images = new ArrayList<>();
        images.addAll(blocks.of(new Blocks.Convolution("conv1", "bn1", input, first, CONVOLUTION, true)));
        images.add(new Pool2d("the first pool", Pool2d.Kind.MAX, POOL, false));
        Shape halved = new Sequential(images).outputShape(input);
        images.addAll(blocks.of(new Blocks.Convolution("conv2", "bn2", halved, second, CONVOLUTION, false)));
        images.add(new Pool2d("the second pool", Pool2d.Kind.MAX, POOL, false));
        Shape pooled = new Sequential(images).outputShape(input);
        List<Layer> layers = new ArrayList<>(images);
        layers.add(new View(View.Kind.FLAT));
        layers.addAll(blocks.linear("fc1", "bn3", pooled, hidden, false));
        layers.addAll(blocks.classifier("fc2", hidden, classes));
        return new Sequential(layers);
    }
}
