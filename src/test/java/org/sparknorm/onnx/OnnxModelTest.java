package org.sparknorm.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.config.ModelConfig;
import org.sparknorm.nn.Layer;
import org.sparknorm.nn.Linear;
import org.sparknorm.nn.Network;
import org.sparknorm.nn.Pool2d;
import org.sparknorm.nn.Sequential;
import org.sparknorm.nn.Softmax;
import org.sparknorm.nn.View;
import org.sparknorm.tensor.RandomSource;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;
import org.sparknorm.tensor.Window;

/** ONNX Runtime computes from an exported model what the network itself computes in inference. */
@Tag("unit")
class OnnxModelTest {
    private static final long SEED = 1;
    private static final int CLASSES = 7;

    /** Float32 is summed in another order; relative to the largest logit if that is above 1. */
    private static final double TOLERANCE = 1e-4;

    private static final int[] BATCHES = {1, 5};

    /** A network without its norm. */
    private enum Base {
        MLP("model { name = mlp, hidden = [8, 12, 8], activation = sigmoid }", "6x5x2"),
        MLP_AFTER("model { name = mlp, hidden = [8, 12], norm-position = after }", "6x5x2"),
        MLP_TEXT("model { name = mlp, hidden = [8] }", "6"),
        CNN("model { name = cnn, width = 0.25 }", "15x14x2"),
        CNN_BEFORE("model { name = cnn, width = 0.25, norm-position = before, dropout = 0.5 }", "15x14x2"),
        CNN_TANH("model { name = cnn, width = 0.25, activation = tanh, bias = true }", "14x14x1"),
        RESNET20("model { name = resnet20, width = 0.25 }", "9x8x3"),
        RESNET50("model { name = resnet50, width = 0.0625 }", "64x64x3"),
        BN_INCEPTION(
                "model { name = bn-inception, width = 0.0625, local-response-norm = true, bias = true }", "64x64x3"),
        BN_INCEPTION_AFTER("model { name = bn-inception, width = 0.0625, norm-position = after }", "64x64x3"),
        TRANSFORMER("model { name = transformer, patch = 3, embedding = 8, heads = 2 }", "6x9x2"),
        TRANSFORMER_TEXT("model { name = transformer, embedding = 8, heads = 2 }", "6");

        private final String configuration;
        /** The dimensions with an x between them. */
        private final String input;

        Base(String configuration, String input) {
            this.configuration = configuration;
            this.input = input;
        }

        /** Vectors have no instances, so networks of vectors alone have no instance norm. */
        private boolean takes(ModelConfig.Norm norm) {
            boolean isMlp = this == MLP || this == MLP_AFTER || this == MLP_TEXT;
            return norm != ModelConfig.Norm.INSTANCE || !isMlp;
        }

        private Shape input() {
            return Shape.of(
                    Stream.of(input.split("x", -1)).mapToInt(Integer::parseInt).toArray());
        }

        /** A divisor of all numbers of channels of the network. */
        private int groups() {
            return this == BN_INCEPTION || this == BN_INCEPTION_AFTER ? 2 : 4;
        }
    }

    /** A network with a norm. */
    private record Case(Base base, String norm) {
        ExportedModel model() {
            String configuration = base.configuration + "\nmodel { groups = " + base.groups() + " }\nmodel." + norm;
            return ExportedModel.of(configuration, base.input(), CLASSES, SEED);
        }
    }

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Base base : Base.values()) {
            for (ModelConfig.Norm norm : ModelConfig.Norm.values()) {
                if (base.takes(norm)) {
                    cases.add(new Case(base, "norm = " + norm.name().toLowerCase(Locale.ROOT)));
                }
            }
        }
        cases.add(new Case(Base.CNN_BEFORE, "norm-per-activation = true"));
        cases.add(new Case(Base.CNN, "norm-per-activation = true"));
        cases.add(new Case(Base.BN_INCEPTION_AFTER, "norm-per-activation = true"));
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void runtimeComputesWhatTheNetworkDoes(Case each) throws OrtException, IOException {
        assertSame(each.model());
    }

    private static void assertSame(ExportedModel model) throws OrtException, IOException {
        double largest = 0;
        for (int batch : BATCHES) {
            Tensor x = model.examples(batch);
            float[] expected = model.logits(x);
            for (boolean folds : new boolean[] {true, false}) {
                ExportedModel.Outputs outputs = model.outputs(folds, x);
                largest = Math.max(largest, difference(outputs.logits(), expected));
                largest = Math.max(largest, difference(outputs.probabilities(), softmax(expected)));
            }
        }
        assertThat(largest).as("seed " + SEED).isLessThanOrEqualTo(TOLERANCE);
    }

    /** The largest difference, relative to the largest value if that is above 1. */
    private static double difference(float[] found, float[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        double largest = 0;
        double scale = 1;
        for (int i = 0; i < found.length; i++) {
            assertThat(Float.isFinite(found[i]) && Float.isFinite(expected[i])).isTrue();
            largest = Math.max(largest, Math.abs((double) found[i] - expected[i]));
            scale = Math.max(scale, Math.abs(expected[i]));
        }
        return largest / scale;
    }

    private static float[] softmax(float[] logits) {
        float[] probabilities = new float[logits.length];
        for (int row = 0; row < logits.length; row += CLASSES) {
            double[] own = new double[CLASSES];
            Softmax.add(logits, row, own);
            for (int c = 0; c < CLASSES; c++) {
                probabilities[row + c] = (float) own[c];
            }
        }
        return probabilities;
    }

    /**
     * Windows that end before, in, at the end of and beyond the padding; one would begin after the image and is left
     * out.
     */
    @ParameterizedTest
    @CsvSource({"3, 2, 0", "3, 2, 1", "2, 2, 1", "3, 1, 1", "5, 3, 2", "2, 3, 1", "4, 4, 2"})
    void everyPoolSeesTheSamePixels(int size, int stride, int padding) throws OrtException, IOException {
        Shape input = Shape.of(7, 8, 2);
        for (Pool2d.Kind kind : Pool2d.Kind.values()) {
            for (boolean roundUp : new boolean[] {true, false}) {
                Pool2d pool = new Pool2d("pool", kind, new Window(size, stride, padding), roundUp);
                Shape pooled = pool.outputShape(input);
                Linear.Specification last = new Linear.Specification("fc", pooled.size(), CLASSES, true, false);
                List<Layer> layers =
                        List.of(pool, new View(View.Kind.FLAT), Linear.afterImages(last, pooled, ExportedModel.BLAS));
                Network network = new Network(new Sequential(layers), input);
                RandomSource random = RandomSource.of(SEED, "pool");
                float[] weights = new float[network.weightCount()];
                for (int i = 0; i < weights.length; i++) {
                    weights[i] = (float) random.gaussian(i);
                }
                assertSame(ExportedModel.of(network, weights, random));
            }
        }
    }

    /**
     * All norms of ResNet-20 come directly after a convolution and are folded; those of the small network apply ReLU to
     * their input and are not.
     */
    @Test
    void foldedNormsAreNoNodes() {
        ExportedModel residual = new Case(Base.RESNET20, "norm = batch").model();
        int norms = residual.network().statistics().size();
        assertThat(residual.exported(true).nodes())
                .isEqualTo(residual.exported(false).nodes() - norms);
        ExportedModel rectifying = new Case(Base.CNN, "norm = batch").model();
        assertThat(rectifying.exported(true).nodes())
                .isEqualTo(rectifying.exported(false).nodes());
    }

    @Test
    void descriptionSaysInputsAndOutputs() {
        assertThat(new Case(Base.CNN, "norm = batch").model().exported(true).description())
                .isEqualTo("input [N, 2, 15, 14] float32, outputs logits and probabilities [N, 7]");
        assertThat(new Case(Base.TRANSFORMER_TEXT, "norm = batch")
                        .model()
                        .exported(true)
                        .description())
                .startsWith("input [N, 6] int64, ");
    }
}
