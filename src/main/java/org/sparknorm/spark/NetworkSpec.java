package org.sparknorm.spark;

import java.io.Serializable;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.ModelConfig;
import org.sparknorm.data.ExampleForm;
import org.sparknorm.data.ExampleReader;
import org.sparknorm.model.Models;
import org.sparknorm.nn.Network;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Shape;

/**
 * Everything that is needed to build the network, and the reader of its examples, on any machine. How a replica uses
 * the two is in {@link org.sparknorm.train.ReplicaSettings}.
 *
 * @param input the shape of one example
 */
public record NetworkSpec(ModelConfig model, DataConfig data, Shape input, ExampleForm form, int classes)
        implements Serializable {
    /** Whether examples are image files. */
    public boolean encoded() {
        return form == ExampleForm.FILE;
    }

    public Network network(Blas blas) {
        return Models.build(model, input, classes, blas);
    }

    /** @param seed the seed of the augmentation */
    public ExampleReader exampleReader(long seed) {
        return new ExampleReader(data, input, form, seed);
    }
}
