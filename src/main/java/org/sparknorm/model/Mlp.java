package org.sparknorm.model;

import java.util.ArrayList;
import java.util.List;
import org.sparknorm.config.ModelConfig;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Linear;
import org.sparknorm.nn.Sequential;
import org.sparknorm.nn.View;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Shape;

/**
 * Builds fully connected layers {@code fc1 .. fcN}, each with a norm {@code bnI} before or after its activation, and
 * {@code fc(N+1)} for the classes. The network of the paper's section 4.1 is 784-100-100-100-10 with sigmoids.
 */
final class Mlp {
    private Mlp() {}

    static Layer layers(ModelConfig config, Shape input, int classes, Blas blas) {
        Blocks blocks = new Blocks(config, blas);
        List<Layer> layers = new ArrayList<>();
        layers.add(new View(View.Kind.FLAT));
        Shape shape = input;
        int number = 1;
        for (int width : config.hidden()) {
            layers.addAll(blocks.linear("fc" + number, "bn" + number, shape, width, number == 1));
            shape = Shape.of(width);
            number++;
        }
        layers.addAll(blocks.dropoutBefore("fc" + number));
        layers.add(
                blocks.linear(new Linear.Specification("fc" + number, shape.size(), classes, true, number > 1), shape));
        return new Sequential(layers);
    }
}
