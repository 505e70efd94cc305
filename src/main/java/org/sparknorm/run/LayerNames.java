package org.sparknorm.run;

import java.util.List;
import org.sparknorm.config.RefusedException;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Parameter;

/** Finds layers by the prefix of their parameters' names. */
final class LayerNames {
    private static final String WEIGHT = ".weight";

    private LayerNames() {}

    /**
     * Returns the layer that a key of the configuration names.
     *
     * @throws RefusedException if the network does not have it
     */
    static Network.Row find(Network network, String key, String layer) {
        return network.rows().stream()
                .filter(row -> layer.equals(name(row.layer())))
                .findFirst()
                .orElseThrow(() -> new RefusedException(
                        key + " = " + layer + " is no layer of the model",
                        "choose one of " + String.join(", ", names(network))));
    }

    private static List<String> names(Network network) {
        return network.rows().stream()
                .map(row -> name(row.layer()))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** Returns the name of a layer; empty for a layer without weights. */
    private static String name(Layer layer) {
        return layer.parameters().stream()
                .map(Parameter::name)
                .filter(name -> name.endsWith(WEIGHT))
                .map(name -> name.substring(0, name.length() - WEIGHT.length()))
                .findFirst()
                .orElse("");
    }
}
