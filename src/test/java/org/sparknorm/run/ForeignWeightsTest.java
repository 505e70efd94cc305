package org.sparknorm.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.RefusedException;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Pass;
import org.sparknorm.spark.source.NoiseSource;
import org.sparknorm.tensor.Blas;
import org.sparknorm.tensor.BlasLibrary;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Scratch;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;

/** Weights of networks that saw other images: BGR, from 0 to 255. */
@Tag("unit")
class ForeignWeightsTest {
    private static final int SIDE = 32;
    private static final int COLOURS = 3;

    @TempDir
    Path folder;

    /** The network with the weights as they are, given BGR and 0 to 255, says what the converted one says of RGB and 0 to 1. */
    @Test
    void theSameImageGivesTheSameLogits() throws IOException {
        for (String model : List.of("resnet50", "bn-inception")) {
            String path = write(model);
            RunPlan own = prepared(model, "init-from=" + path);
            RunPlan converted = prepared(model, "init-from=" + path, "init-from-order=bgr", "init-from-largest=255");
            float[] rgb = new float[SIDE * SIDE * COLOURS];
            float[] bgr = new float[rgb.length];
            RandomSource random = RandomSource.of(1, "image");
            for (int i = 0; i < rgb.length; i++) {
                rgb[i] = (float) random.uniform(i);
                bgr[i - i % COLOURS + COLOURS - 1 - i % COLOURS] = 255 * rgb[i];
            }
            float[] expected = logits(own, bgr);
            float[] actual = logits(converted, rgb);
            for (int c = 0; c < expected.length; c++) {
                assertThat((double) actual[c])
                        .as(model)
                        .isEqualTo(expected[c], within(1e-4 * Math.abs(expected[c]) + 1e-4));
            }
        }
    }

    @Test
    void aNetworkWithoutSuchAConvolutionIsRefused() throws IOException {
        String path = write("mlp");
        RunPlan prepared = prepared("mlp", "init-from=" + path, "init-from-order=bgr");
        assertThatThrownBy(() -> ModelFiles.initial(prepared, new Configuration()))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("are for networks that begin with a convolution of colours");
    }

    private String write(String model) throws IOException {
        RunPlan prepared = prepared(model);
        Path file = folder.resolve(model + ".safetensors");
        try (OutputStream out = Files.newOutputStream(file)) {
            Safetensors.write(out, prepared.initialModel().entries(prepared.network()));
        }
        return file.toString();
    }

    private static RunPlan prepared(String model, String... keys) {
        List<String> all = new ArrayList<>(List.of(
                "steps=1", "batch-size=8", "slices=1", "model.name=" + model, "model.width=0.125", "model.hidden=[4]"));
        all.addAll(List.of(keys));
        return RunPlan.of(
                ConfigFiles.ofText("").with(all).toRunConfig(),
                NoiseSource.of(16, Shape.of(SIDE, SIDE, COLOURS), 4),
                null);
    }

    private static float[] logits(RunPlan prepared, float[] image) {
        Blas blas = BlasLibrary.load(BlasLibrary.available().names().get(0));
        ModelTensors model = ModelFiles.initial(prepared, new Configuration());
        Network network = prepared.spec().network(blas);
        network.bind(model.weights(), null, model.buffers());
        Tensor input = Tensor.reuse(null, Shape.of(SIDE, SIDE, COLOURS).batch(1));
        System.arraycopy(image, 0, input.data(), 0, image.length);
        Tensor logits = network.layers().forward(input, Pass.inference(new Scratch()));
        return java.util.Arrays.copyOf(logits.data(), 4);
    }
}
