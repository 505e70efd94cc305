package org.sparknorm.model;

import java.util.ArrayList;
import java.util.List;
import org.sparknorm.config.ModelConfig;
import org.sparknorm.nn.Activation;
import org.sparknorm.nn.Attention;
import org.sparknorm.nn.Conv2d;
import org.sparknorm.nn.GlobalAveragePool;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Linear;
import org.sparknorm.nn.PositionEmbedding;
import org.sparknorm.nn.Residual;
import org.sparknorm.nn.SequenceLengths;
import org.sparknorm.nn.Sequential;
import org.sparknorm.nn.TokenEmbedding;
import org.sparknorm.nn.View;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Window;

/**
 * Builds a transformer that classifies a text, or an image cut into patches. The sequence is embedded and a trained
 * vector is added to each position. The transformer blocks are those of the PyTorch example from which this project
 * began, norm(x + attention(x)) and norm(x + feed-forward(x)), with a feed-forward part four times as wide. A linear
 * layer classifies the mean over positions.
 */
final class TransformerClassifier {
    /** Width of the feed-forward part per channel of the embedding. */
    private static final int EXPANSION = 4;

    private final ModelConfig config;
    private final Blocks blocks;
    private final Blas blas;
    /** Null for images, which all have the same number of patches. */
    private final SequenceLengths lengths;

    private TransformerClassifier(ModelConfig config, boolean ofText, Blas blas) {
        this.config = config;
        this.blocks = new Blocks(config, blas);
        this.blas = blas;
        this.lengths = ofText ? new SequenceLengths() : null;
    }

    /** @param input {@code [T]} for texts of bytes, {@code [H, W, C]} for images */
    static Layer layers(ModelConfig config, Shape input, int classes, Blas blas) {
        return new TransformerClassifier(config, input.rank() == 1, blas).layers(input, classes);
    }

    private Layer layers(Shape input, int classes) {
        int embedding = config.embedding();
        List<Layer> layers = new ArrayList<>();
        if (lengths == null) {
            layers.addAll(patches(input));
        } else {
            layers.add(new TokenEmbedding("embed", embedding, lengths));
        }
        layers.add(new PositionEmbedding("position", new Sequential(layers).outputShape(input)));
        for (int block = 0; block < config.blocks(); block++) {
            layers.addAll(block("blocks." + block));
        }
        layers.add(new GlobalAveragePool(lengths));
        layers.addAll(blocks.classifier("fc", embedding, classes));
        return new Sequential(layers);
    }

    private List<Layer> patches(Shape image) {
        int patch = config.patch();
        if (image.dimension(0) % patch != 0 || image.dimension(1) % patch != 0) {
            throw new IllegalArgumentException(
                    "embed: patches of " + patch + " x " + patch + " do not fill examples of shape " + image);
        }
        Conv2d.Specification specification = new Conv2d.Specification(
                "embed", image.last(), config.embedding(), new Window(patch, patch, 0), true, false);
        return List.of(new Conv2d(specification, blas), new View(View.Kind.PIXEL_SEQUENCE));
    }

    private List<Layer> block(String name) {
        int embedding = config.embedding();
        List<Layer> attention = List.of(new Attention(name + ".attention", embedding, config.heads(), lengths, blas));
        List<Layer> feedForward = List.of(
                linear(name + ".ff.0", embedding, EXPANSION * embedding),
                new Activation(blocks.activation()),
                linear(name + ".ff.2", EXPANSION * embedding, embedding));
        List<Layer> layers = new ArrayList<>();
        layers.add(new Residual(name + ".attention", attention, null, Activation.Kind.NONE));
        layers.addAll(blocks.sequenceNorm(name + ".norm1", embedding, lengths));
        layers.add(new Residual(name + ".ff", feedForward, null, Activation.Kind.NONE));
        layers.addAll(blocks.sequenceNorm(name + ".norm2", embedding, lengths));
        return layers;
    }

    private Layer linear(String name, int in, int out) {
        return new Linear(new Linear.Specification(name, in, out, true, true), blas);
    }
}
