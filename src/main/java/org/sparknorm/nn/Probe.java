package org.sparknorm.nn;

import java.util.function.Consumer;
import org.sparknorm.tensor.Tensor;

/**
 * Sees, in a pass of inference, what one layer gives before any activation. For one thread.
 *
 * @param layer prefix of its parameters' names
 * @param taker of its output {@code [..., C]}, which is of use until it returns
 */
public record Probe(String layer, Consumer<Tensor> taker) {
    boolean isAt(String name) {
        return layer.equals(name);
    }

    /** @param y {@code [..., C]} */
    public void take(Tensor y) {
        taker.accept(y);
    }
}
