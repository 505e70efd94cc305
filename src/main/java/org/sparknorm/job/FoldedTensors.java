package org.sparknorm.job;

import java.util.ArrayList;
import java.util.List;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.norm.Folding;
import org.sparknorm.tensor.Shape;

/** Gives the tensors of a model with batch norms folded where possible; a layer with a folded norm has a bias. */
final class FoldedTensors {
    private FoldedTensors() {}

    /** Returns the tensors in the order and under the names of the model's file. */
    static List<Safetensors.Entry> of(Network network, ModelTensors state) {
        Folding folding = Folding.of(network.layers());
        List<Safetensors.Entry> entries = new ArrayList<>();
        for (Network.Row row : network.rows()) {
            Layer layer = row.layer();
            if (folding.isFolded(layer)) {
                Folding.Product product = folding.product(layer, state.weights(), state.buffers());
                entries.add(Safetensors.Entry.of(product.weightName(), product.shape(), product.weight()));
                Shape outputs = Shape.of(product.bias().length);
                entries.add(Safetensors.Entry.of(product.biasName(), outputs, product.bias()));
            } else if (!folding.contains(layer)) {
                entries.addAll(state.entries(layer));
            }
        }
        return entries;
    }
}
