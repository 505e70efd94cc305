package org.sparknorm.nn;

import org.sparknorm.tensor.Shape;

/** Sees the layers of a network with the shapes of one example before and after them. */
@FunctionalInterface
public interface LayerVisitor {
    /** A layer that is no container. */
    void leaf(Layer layer, Shape input, Shape output);

    /** A container, after the layers in it, that puts their outputs together in an array of its own. */
    default void joined(Layer container, Shape input, Shape output) {}
}
