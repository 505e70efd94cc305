package org.sparknorm.nn;

import org.sparknorm.tensor.Shape;

/** Sees every layer of a network that is not a container, with the shapes of one example before and behind it. */
@FunctionalInterface
public interface LayerVisitor {
    void leaf(Layer layer, Shape input, Shape output);
}
