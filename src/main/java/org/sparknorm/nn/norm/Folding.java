package org.sparknorm.nn.norm;

import java.util.IdentityHashMap;
import java.util.List;
import org.sparknorm.nn.Concat;
import org.sparknorm.nn.Conv2d;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Linear;
import org.sparknorm.nn.Parameter;
import org.sparknorm.nn.Residual;
import org.sparknorm.nn.Sequential;
import org.sparknorm.tensor.Shape;

/**
 * Finds the batch norms of a network that inference does not need, because the convolution or linear layer directly
 * before can do what they do: w′ = w·γ/σ for each of its outputs, b′ = (b − μ)·γ/σ + β, in double. A norm that
 * rectifies its input, or has statistics for each value of an image, is kept; so is one after the sum of two branches.
 */
public final class Folding {
    private static final String WEIGHT = ".weight";

    /** The folded norms, by the layer before. */
    private final IdentityHashMap<Layer, BatchNorm> norms = new IdentityHashMap<>();

    private Folding() {}

    /** Keeps all norms. */
    public static Folding none() {
        return new Folding();
    }

    /** Folds all norms that can be. */
    public static Folding of(Layer layers) {
        Folding folding = new Folding();
        folding.find(layers);
        return folding;
    }

    private void find(Layer layer) {
        if (layer instanceof Sequential sequence) {
            List<Layer> layers = sequence.layers();
            layers.forEach(this::find);
            for (int i = 1; i < layers.size(); i++) {
                fold(layers.get(i - 1), layers.get(i));
            }
        } else if (layer instanceof Residual residual) {
            find(residual.body());
            if (residual.shortcut() != null) {
                find(residual.shortcut());
            }
        } else if (layer instanceof Concat concat) {
            concat.branches().forEach(this::find);
        }
    }

    private void fold(Layer layer, Layer next) {
        boolean isProduct = layer instanceof Conv2d || layer instanceof Linear;
        if (isProduct
                && next instanceof BatchNorm norm
                && !norm.isPerActivation()
                && !norm.spec().rectifiesInput()) {
            norms.put(layer, norm);
        }
    }

    /** Whether the layer before does what the norm does, but for the norm's activation. */
    public boolean contains(Layer norm) {
        return norms.containsValue(norm);
    }

    /** Whether the layer does what the norm after it does. */
    public boolean isFolded(Layer layer) {
        return norms.containsKey(layer);
    }

    /**
     * The weights of a convolution or linear layer, in the order of files.
     *
     * @param name of the layer
     * @param shape of the weight, the outputs first
     * @param bias null for none
     */
    public record Product(String name, Shape shape, float[] weight, float[] bias) {
        public String weightName() {
            return name + WEIGHT;
        }

        public String biasName() {
            return name + ".bias";
        }
    }

    /**
     * Gives what a convolution or linear layer multiplies and adds, with the norm after it where that is folded.
     *
     * @param weights all of the network
     * @param buffers all of the network
     */
    public Product product(Layer layer, float[] weights, float[] buffers) {
        List<Parameter> parameters = layer.parameters();
        Parameter factor = parameters.get(0);
        String name = factor.name().substring(0, factor.name().length() - WEIGHT.length());
        float[] weight = factor.toFile(weights);
        float[] bias = parameters.size() > 1 ? parameters.get(1).toFile(weights) : null;
        BatchNorm norm = norms.get(layer);
        if (norm == null) {
            return new Product(name, factor.shape(), weight, bias);
        }
        BatchNorm.Affine map = norm.inferenceMap(weights, buffers);
        int outputs = factor.shape().dimension(0);
        int inputs = weight.length / outputs;
        float[] shifted = new float[outputs];
        for (int output = 0; output < outputs; output++) {
            double scale = map.factors()[output];
            double own = bias == null ? 0 : bias[output];
            shifted[output] = (float) (own * scale + map.terms()[output]);
            for (int at = output * inputs, end = at + inputs; at < end; at++) {
                weight[at] = (float) (weight[at] * scale);
            }
        }
        return new Product(name, factor.shape(), weight, shifted);
    }
}
