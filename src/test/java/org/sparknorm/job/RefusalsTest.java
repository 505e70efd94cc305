package org.sparknorm.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparknorm.checkpoint.Safetensors;
import org.sparknorm.tensor.Shape;
import org.sparknorm.testing.LocalMaster;

/** What cannot be used is refused: one line with cause and cure, exit code 2, and nothing is written. */
class RefusalsTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(2);

    private static final int IMAGES = 0x803;
    private static final int LABELS = 0x801;

    @TempDir
    Path folder;

    private Path conf;
    private Path output;

    @BeforeEach
    void configuration() throws IOException {
        conf = Files.writeString(folder.resolve("small.conf"), """
                model.hidden = [6]
                data { examples = 100, validation-examples = 10 }
                batch-size = 10, slices = 4, steps = 3
                """);
        output = folder.resolve("run");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            batchsize=10                       | unknown key batchsize (the command line); the nearest known key is batch-size
            model.norms=batch                  | unknown key model.norms (the command line); the nearest known key is model.norm
            optimizer.momentum=fast            | optimizer.momentum = fast (command line) is not a number; correct the value
            slices=2.5                         | slices = 2.5 (command line) is not a whole number; correct the value
            model.norm=bach                    | model.norm = bach (command line) is not one of batch, none, layer, group, instance, switchable; correct the value
            model=mlp                          | model=mlp sets a whole section; set its keys one by one, as model.KEY=VALUE
            steps                              | argument steps is not key=value; write key=value
            batch-size=0                       | batch-size = 0 is too small; it must be at least 1
            slices=11                          | slices = 11 is more than batch-size = 10; lower slices or raise batch-size
            partitions=5                       | partitions = 5 is more than slices = 4; lower partitions or raise slices
            partitions=3                       | partitions = 3, but only 2 tasks can run at once; lower partitions, or give the application more cores
            model.classes=9                    | digits has label 9, model.classes = 9 allows 0 to 8; raise model.classes
            data.examples=101                  | bn1 would see one value per channel in the last batch of an epoch, which has 1 of 10 examples; leave that batch out with data.last-batch=drop
            data.mean=[0.1,0.2]                | data.mean has 2 values, the images have 1 channels; give one number, or one per channel
            init-from=nowhere.safetensors      | is not there; check the path
            model.name=bn-inception            | inception_3c: branches give [2, 2, 160] and [1, 1, 320], which cannot stand side by side, for examples of shape [3, 3, 320]; change the model or the data
            model.width=0                      | model.width = 0.0 is out of range; it must be above 0.0
            model.norm=instance                | model.norm = instance is not for mlp, where an example has one value per channel; choose another norm or model
            model.dropout=1                    | dropout before fc2: a dropout probability of 1.0 is not from 0 to below 1; change the model or the data
            model.dropout=-0.1                 | dropout before fc2: a dropout probability of -0.1 is not from 0 to below 1; change the model or the data
            model.norm=group                   | bn1: 32 groups do not divide its 6 channels; change the model or the data
            model.name=transformer model.patch=5 | embed: patches of 5 x 5 do not fill examples of shape [28, 28, 1]; change the model or the data
            model.hidden=[20000,20000,20000]   | of heap in the driver's process, which has
            data.format=cifar10                | data.train is not set; name the folder with data.train=PATH
            data.format=idx                    | data.train is not set; name the folder with data.train=PATH
            """)
    void argumentThatCannotBe(String argument, String error) {
        assertRefused(error, argument.split(" ", -1));
    }

    @Test
    void configurationThatIsNotThere() {
        Outcome outcome = run("train", folder.resolve("nowhere.conf").toString());
        assertThat(outcome.code).isEqualTo(2);
        assertThat(outcome.lastError).contains("nowhere.conf can be read: ").endsWith("; check the path");
    }

    @Test
    void commandThatIsNone() {
        Outcome outcome = run("trian", conf.toString());
        assertThat(outcome.code).isEqualTo(2);
        assertThat(outcome.lastError).startsWith("error: ").contains("trian");
    }

    @Test
    void folderThatIsNotThere() {
        assertRefused("is not there; check the path", "data.format=idx", "data.train=" + folder.resolve("nowhere"));
    }

    @Test
    void folderWithoutTheFiles() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertRefused(
                "holds neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz; name the folder with the original files",
                "data.format=idx",
                "data.train=" + empty);
    }

    @Test
    void wrongMagicNumber() throws IOException {
        Path data = idx(LABELS, 20, 20, 4, 20);
        assertRefused("begins with 0x00000801, not with 0x00000803; give an IDX file of images", use(data));
    }

    @Test
    void differentCountsOfImagesAndLabels() throws IOException {
        Path data = idx(IMAGES, 20, 21, 4, 20);
        assertRefused("has 20 images, train-labels-idx1-ubyte.gz 21 labels; fetch both files again", use(data));
    }

    @Test
    void labelBeyondTheClasses() throws IOException {
        Path data = idx(IMAGES, 20, 20, 4, 20);
        assertRefused(
                "has label 3, model.classes = 3 allows 0 to 2; raise model.classes", use(data, "model.classes=3"));
    }

    @Test
    void imagesThatEndTooEarly() throws IOException {
        Path data = idx(IMAGES, 20, 20, 4, 17);
        assertRefused("train-images-idx3-ubyte.gz ends too early; fetch the file again", use(data));
    }

    @Test
    void truncatedGzip() throws IOException {
        Path data = idx(IMAGES, 20, 20, 4, 20);
        Path images = data.resolve("train-images-idx3-ubyte.gz");
        byte[] whole = Files.readAllBytes(images);
        Files.write(images, Arrays.copyOf(whole, whole.length / 2));
        assertRefused("train-images-idx3-ubyte.gz ends too early; fetch the file again", use(data));
    }

    @Test
    void noGzip() throws IOException {
        Path data = idx(IMAGES, 20, 20, 4, 20);
        Files.write(data.resolve("train-labels-idx1-ubyte.gz"), new byte[100]);
        assertRefused("train-labels-idx1-ubyte.gz is damaged: Not in GZIP format; fetch the file again", use(data));
    }

    @Test
    void trainingAndValidationOfDifferentShapes() throws IOException {
        Path train = idx(IMAGES, 20, 20, 4, 20);
        Path other = Files.createDirectory(folder.resolve("other"));
        writeImages(other.resolve("t10k-images-idx3-ubyte.gz"), IMAGES, 20, 5, 20);
        writeLabels(other.resolve("t10k-labels-idx1-ubyte.gz"), 20);
        assertRefused(
                "data.train has examples of shape [4, 4, 1], data.validation of [5, 5, 1]; give both in one shape",
                use(train, "data.validation=" + other));
    }

    @Test
    void outputThatHoldsARun() throws IOException {
        Files.createDirectory(output);
        Files.writeString(output.resolve("run.conf"), "steps = 1");
        Outcome outcome = train();
        assertThat(outcome.code).isEqualTo(2);
        assertThat(outcome.lastError)
                .endsWith(
                        "already holds a run; go on with it with resume=latest, name another output, or remove it with"
                                + " overwrite=true");
        assertThat(output).isDirectoryNotContaining(file -> !file.endsWith("run.conf"));
    }

    @Test
    void outputThatHoldsSomethingElseIsNeverRemoved() throws IOException {
        Files.createDirectory(output);
        Files.writeString(output.resolve("thesis.txt"), "precious");
        Outcome outcome = train("overwrite=true");
        assertThat(outcome.code).isEqualTo(2);
        assertThat(outcome.lastError).endsWith("holds files that are no run's; name an empty or new folder");
        assertThat(output.resolve("thesis.txt")).hasContent("precious");
    }

    @Test
    void weightsWithAMissingTensor() throws IOException {
        assertRefused("lacks the tensor fc1.weight of shape [6, 784]", weights(List.of()));
    }

    @Test
    void weightsOfAnotherShape() throws IOException {
        assertRefused(
                "has shape [6, 783], the model's has [6, 784]",
                weights(List.of(zeros("fc1.weight", Shape.of(6, 783)))));
    }

    @Test
    void weightsWithATensorTooMany() throws IOException {
        assertRefused("has tensors that the model does not: fc9.weight", weights(model("fc9.weight")));
    }

    @Test
    void evaluationOfNoRun() {
        Outcome outcome = run("evaluate", folder.resolve("nowhere").toString());
        assertThat(outcome.code).isEqualTo(2);
        assertThat(outcome.lastError).endsWith("holds no run; name the output folder of a run");
    }

    private static List<Safetensors.Entry> model(String tooMany) {
        return List.of(
                zeros("fc1.weight", Shape.of(6, 784)),
                zeros("bn1.weight", Shape.of(6)),
                zeros("bn1.bias", Shape.of(6)),
                zeros("bn1.running_mean", Shape.of(6)),
                zeros("bn1.running_var", Shape.of(6)),
                zeros("fc2.weight", Shape.of(10, 6)),
                zeros("fc2.bias", Shape.of(10)),
                zeros(tooMany, Shape.of(1)));
    }

    private static Safetensors.Entry zeros(String name, Shape shape) {
        return Safetensors.Entry.of(name, shape, new float[shape.size()]);
    }

    private String weights(List<Safetensors.Entry> tensors) throws IOException {
        Path file = folder.resolve("weights.safetensors");
        try (var out = Files.newOutputStream(file)) {
            Safetensors.write(out, tensors);
        }
        return "init-from=" + file;
    }

    private static String[] use(Path data, String... more) {
        List<String> arguments = new ArrayList<>(List.of("data.format=idx", "data.train=" + data));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    /** A folder of training files: square images of that side, of which so many are really there; labels 0 to 3. */
    private Path idx(int magic, int images, int labels, int side, int imagesThere) throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        writeImages(data.resolve("train-images-idx3-ubyte.gz"), magic, images, side, imagesThere);
        writeLabels(data.resolve("train-labels-idx1-ubyte.gz"), labels);
        return data;
    }

    private static void writeImages(Path file, int magic, int claimed, int side, int there) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(magic);
            out.writeInt(claimed);
            out.writeInt(side);
            out.writeInt(side);
            for (int pixel = 0; pixel < there * side * side; pixel++) {
                out.writeByte(pixel * 31);
            }
        }
    }

    private static void writeLabels(Path file, int count) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(LABELS);
            out.writeInt(count);
            for (int example = 0; example < count; example++) {
                out.writeByte(example % 4);
            }
        }
    }

    /** What a command left behind. */
    private record Outcome(int code, String lastError) {}

    private void assertRefused(String error, String... arguments) {
        Outcome outcome = train(arguments);
        assertThat(outcome.lastError).startsWith("error: ").contains(error);
        assertThat(outcome.code).isEqualTo(2);
        assertThat(output).doesNotExist();
    }

    private Outcome train(String... arguments) {
        List<String> all = new ArrayList<>(List.of("train", conf.toString(), "output=" + output));
        all.addAll(List.of(arguments));
        return run(all.toArray(String[]::new));
    }

    private static Outcome run(String... arguments) {
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
        try {
            int code = Main.run(arguments);
            String[] lines = errors.toString(StandardCharsets.UTF_8).strip().split("\n", -1);
            return new Outcome(code, lines[lines.length - 1]);
        } finally {
            System.setErr(before);
        }
    }
}
