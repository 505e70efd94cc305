package org.sparknorm.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.RunConfig;
import org.sparknorm.data.EncodedExample;
import org.sparknorm.data.ExampleFile;
import org.sparknorm.data.ExampleForm;
import org.sparknorm.data.ExampleReader;
import org.sparknorm.tensor.Shape;

/** The examples of a slice, dealt in another order than that of their positions. */
@Tag("unit")
class DealtExamplesTest {
    private static final Shape SHAPE = Shape.of(1, 2, 1);
    private static final int[] DEALT = {2, 0, 1};

    @TempDir
    Path folder;

    private DealtExamples examples;
    private ExampleFile file;

    @BeforeEach
    void deal() throws IOException {
        RunConfig config = ConfigFiles.ofText("steps = 1").toRunConfig();
        ExampleReader reader = new ExampleReader(config.data(), SHAPE, ExampleForm.VALUES, 1);
        examples = new DealtExamples(DEALT.length, reader);
        try (ExampleFile.Writer writer =
                new ExampleFile.Writer(folder.resolve("examples").toFile())) {
            for (int position : DEALT) {
                byte[] example = example(position);
                examples.put(position, example, writer.append(example));
            }
            file = writer.finish();
        }
    }

    /** Names have different lengths, and so have the examples. */
    private static byte[] example(int position) {
        byte[] values = ByteBuffer.allocate(2 * Float.BYTES)
                .putFloat(position)
                .putFloat(position + 0.5f)
                .array();
        byte[] example = EncodedExample.of(10 + position, "x".repeat(position), values);
        EncodedExample.setIndex(example, 100 + position);
        return example;
    }

    @Test
    void examplesAreFoundByTheirPositions() {
        examples.complete(file);
        assertThat(examples.count()).isEqualTo(DEALT.length);
        for (int position = 0; position < examples.count(); position++) {
            assertThat(examples.label(position)).isEqualTo(10 + position);
            assertThat(examples.index(position)).isEqualTo(100 + position);
            assertThat(examples.name(position)).isEqualTo("x".repeat(position));
        }
    }

    @Test
    void valuesAreReadToWhereTheyAreWanted() {
        examples.complete(file);
        float[] target = new float[6];
        for (int position = 0; position < examples.count(); position++) {
            examples.readTraining(position, 0, target, 2 * position);
        }
        assertThat(target).containsExactly(0, 0.5f, 1, 1.5f, 2, 2.5f);
        examples.readCrop(2, 0, 1, target, 0);
        assertThat(target).startsWith(2, 2.5f);
    }

    @Test
    void positionThatIsDealtTwiceIsAnError() {
        assertThatThrownBy(() -> examples.put(1, example(1), 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("position 1 of a slice was dealt twice");
    }

    @Test
    void positionThatIsNotDealtIsAnError() {
        DealtExamples incomplete = new DealtExamples(2, null);
        incomplete.put(0, example(0), 0);
        assertThatThrownBy(() -> incomplete.complete(file))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("position 1 of a slice was not dealt");
    }
}
