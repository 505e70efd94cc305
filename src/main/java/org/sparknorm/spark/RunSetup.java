package org.sparknorm.spark;

import java.io.Serializable;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.ModelConfig;
import org.sparknorm.data.PixelReader;
import org.sparknorm.model.Models;
import org.sparknorm.nn.Network;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Shape;

/**
 * What makes a network and its input on whatever machine.
 *
 * @param input shape of one example
 */
public record RunSetup(ModelConfig model, DataConfig data, Shape input, int classes) implements Serializable {
    public Network network(Blas blas) {
        return Models.build(model, input, classes, blas);
    }

    public PixelReader pixelReader() {
        return new PixelReader(data, input.last());
    }
}
