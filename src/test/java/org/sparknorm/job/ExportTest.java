package org.sparknorm.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparknorm.checkpoint.ModelTensors;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.config.DataConfig;
import org.sparknorm.data.GeneratedDigits;
import org.sparknorm.data.Split;
import org.sparknorm.data.image.PixelReader;
import org.sparknorm.onnx.ExportedModel;
import org.sparknorm.run.ExitCode;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.tensor.Shape;
import org.sparknorm.tensor.Tensor;
import org.sparknorm.testing.Commands;
import org.sparknorm.testing.LocalMaster;
import org.sparknorm.testing.Runs;

/** Command {@code export}. */
class ExportTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(2);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int EXAMPLES = 50;
    private static final int SIDE = GeneratedDigits.SHAPE.dimension(0);

    @TempDir
    static Path folder;

    private static Path run;

    @BeforeAll
    static void train() throws IOException {
        run = folder.resolve("run");
        Path conf = Files.writeString(folder.resolve("small.conf"), """
                model { name = mlp, hidden = [12] }
                data { examples = 200, validation-examples = %d, mean = 0.1, deviation = 0.3 }
                batch-size = 20, slices = 2, steps = 40
                """.formatted(EXAMPLES));
        assertRuns("train", conf, "output=" + run);
    }

    private static String assertRuns(Object... words) {
        Commands.Result result = Commands.run(words);
        assertThat(result.code()).as(result.err()).isZero();
        return result.out();
    }

    private static void assertRefused(String message, Object... words) {
        Commands.Result result = Commands.run(words);
        assertThat(result.lastError()).isEqualTo("error: " + message);
        assertThat(result.code()).isEqualTo(ExitCode.REFUSED);
    }

    /** The right ones among the validation examples, and the mean of −log of their probabilities. */
    @Test
    void exportedModelScoresAsTheRunDid() throws IOException, OrtException {
        Path output = folder.resolve("model.onnx");
        String out = assertRuns("export", run, "output=" + output);
        assertThat(out)
                .isEqualTo("ONNX model (operator set 17) of 6 nodes and " + Files.size(output)
                        + " bytes written to file:" + output
                        + ": input [N, 1, 28, 28] float32, outputs logits and probabilities [N, 10]\n");
        var result = JSON.readTree(run.resolve(RunFolder.RESULT).toFile());
        int[] labels = new int[EXAMPLES];
        FloatBuffer images = digits(labels);
        OrtEnvironment runtime = OrtEnvironment.getEnvironment();
        try (OrtSession session = runtime.createSession(output.toString());
                OnnxTensor input = OnnxTensor.createTensor(runtime, images, new long[] {EXAMPLES, 1, SIDE, SIDE});
                OrtSession.Result outputs = session.run(Map.of("input", input))) {
            float[][] probabilities =
                    (float[][]) outputs.get("probabilities").orElseThrow().getValue();
            double loss = 0;
            for (int i = 0; i < EXAMPLES; i++) {
                loss -= Math.log(probabilities[i][labels[i]]) / EXAMPLES;
            }
            assertThat(loss).isCloseTo(result.get("loss").asDouble(), within(1e-5));
            assertThat(session.getMetadata().getCustomMetadata())
                    .containsEntry("weightsSha256", result.get("weightsSha256").asText())
                    .containsEntry("deviation", "[0.3]");
        }
    }

    private static FloatBuffer digits(int[] labels) throws IOException {
        DataConfig data = Runs.config(Files.readString(run.resolve(RunFolder.CONFIGURATION)))
                .data();
        PixelReader reader = new PixelReader(data, 1);
        int size = GeneratedDigits.SHAPE.size();
        byte[] bytes = new byte[size];
        float[] values = new float[EXAMPLES * size];
        for (int i = 0; i < EXAMPLES; i++) {
            labels[i] = GeneratedDigits.draw(data.seed(), Split.VALIDATION, i, bytes, 0);
            reader.read(bytes, 0, size, values, i * size);
        }
        return FloatBuffer.wrap(values);
    }

    @Test
    void tensorsAreThoseOfTheRunUnlessFolded() throws IOException {
        Path same = folder.resolve("same.safetensors");
        assertRuns("export", run, "format=safetensors", "output=" + same);
        assertThat(same).hasSameBinaryContentAs(run.resolve(RunFolder.MODEL));
        Path folded = folder.resolve("folded.safetensors");
        String out = assertRuns("export", run, "format=safetensors", "fold=true", "output=" + folded);
        assertThat(out).isEqualTo("4 tensors, " + Files.size(folded) + " bytes, written to file:" + folded + "\n");
        try (InputStream in = Files.newInputStream(folded)) {
            assertThat(Safetensors.read(in, Files.size(folded), "folded"))
                    .containsOnlyKeys("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias");
        }
    }

    /** A network without norms takes the folded tensors, and computes what the one with norms does. */
    @ParameterizedTest
    @CsvSource({
        "mlp, before, sigmoid, 6",
        "resnet20, before, relu, 8",
        "bn-inception, before, relu, 64",
        "cnn, before, tanh, 14"
    })
    void foldedTensorsGiveTheSameOutputs(String name, String position, String activation, int side) {
        String configuration =
                "model { name = %s, norm-position = %s, activation = %s, width = 0.125, hidden = [8, 12] }\n"
                        .formatted(name, position, activation);
        Shape input = Shape.of(side, side, 3);
        ExportedModel whole = ExportedModel.of(configuration, input, 5, 2);
        ExportedModel plain = ExportedModel.of(configuration + "model.norm = none", input, 5, 3);
        Map<String, Safetensors.Entry> tensors = new LinkedHashMap<>();
        FoldedTensors.of(whole.network(), whole.state()).forEach(entry -> tensors.put(entry.name(), entry));
        ModelTensors folded = ModelTensors.of(plain.network(), tensors, "folded");
        plain.network().bind(folded.weights(), new float[0], folded.buffers());
        Tensor x = whole.examples(3);
        float[] expected = whole.logits(x);
        float[] found = plain.logits(x);
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(1e-4f * Math.max(1f, Math.abs(expected[i]))));
        }
    }

    @Test
    void whatCannotBeExportedIsRefused() throws IOException {
        Path there = Files.writeString(folder.resolve("there"), "");
        assertRefused(
                "output = file:" + there + " is there already; name a new file, or remove it",
                "export",
                run,
                "output=" + there);
        assertRefused("output is not given; add output=PATH", "export", run);
        Path none = folder.resolve("none");
        assertRefused(
                none + " holds no run; name the output folder of a run",
                "export",
                none,
                "output=" + folder.resolve("new"));
        assertRefused(
                "format = tflite is none of onnx, safetensors; correct it",
                "export",
                run,
                "format=tflite",
                "output=" + folder.resolve("new"));
        assertRefused(
                run + " has no population statistics; make them with the command population",
                "export",
                run,
                "statistics=population",
                "output=" + folder.resolve("new"));
        assertThat(Commands.run("export", run, "fodl=true", "output=" + folder.resolve("new"))
                        .lastError())
                .contains("fodl");
        assertThat(folder.resolve("new")).doesNotExist();
    }

    /** IDX files are of any size; a run of theirs needs them, or be told. */
    @Test
    void dataThatAreGoneAreNotNeededWhereTheSizeIsKnown() throws IOException {
        List<Object> words = new ArrayList<>(List.of(
                "export",
                run,
                "output=" + folder.resolve("idx.onnx"),
                "data.format=idx",
                "data.train=" + folder.resolve("gone"),
                "data.validation=" + folder.resolve("gone")));
        Commands.Result unknown = Commands.run(words.toArray());
        assertThat(unknown.lastError())
                .startsWith("error: the data alone say of what size their images are: ")
                .endsWith("; or give data.size=PIXELS, if they are square");
        assertThat(unknown.code()).isEqualTo(ExitCode.REFUSED);
        words.add("data.size=28");
        assertRuns(words.toArray());
        assertThat(folder.resolve("idx.onnx")).isNotEmptyFile();
    }
}
