package org.sparknorm.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of examples gives back what was appended, also when it needs more than one mapping. */
@Tag("unit")
class ExampleFileTest {
    private static final int MAPPING_BYTES = 7;

    @TempDir
    Path folder;

    @Test
    void examplesOfAnyLengthComeBackByTheirAddress() throws IOException {
        File file = folder.resolve("examples").toFile();
        try (ExampleFile.Writer writer = new ExampleFile.Writer(file)) {
            long empty = writer.append(new byte[0]);
            long first = writer.append(new byte[] {1, 2, 3});
            long second = writer.append(new byte[] {4});
            ExampleFile examples = writer.finish();
            assertThat(examples.read(second, 1)).containsExactly(4);
            assertThat(examples.read(first, 3)).containsExactly(1, 2, 3);
            assertThat(examples.read(empty, 0)).isEmpty();
        }
    }

    @Test
    void theFileLosesItsNameAndIsStillRead() throws IOException {
        File file = folder.resolve("examples").toFile();
        ExampleFile examples;
        try (ExampleFile.Writer writer = new ExampleFile.Writer(file)) {
            writer.append(new byte[] {1, 2});
            examples = writer.finish();
            assertThat(file).exists();
        }
        assertThat(file).doesNotExist();
        assertThat(examples.read(0, 2)).containsExactly(1, 2);
    }

    @Test
    void aWriterThatFailsLeavesNoFile() throws IOException {
        File file = folder.resolve("examples").toFile();
        try (ExampleFile.Writer writer = new ExampleFile.Writer(file)) {
            writer.append(new byte[] {1, 2});
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void noExampleLiesInTwoMappings() throws IOException {
        File file = folder.resolve("examples").toFile();
        try (ExampleFile.Writer writer = new ExampleFile.Writer(file, MAPPING_BYTES)) {
            assertThat(writer.append(new byte[] {1, 2, 3})).isZero();
            assertThat(writer.append(new byte[] {4, 5, 6})).isEqualTo(3);
            // A byte is left in the first mapping, too few for this one.
            assertThat(writer.append(new byte[] {7, 8})).isEqualTo(MAPPING_BYTES);
            assertThat(writer.append(new byte[MAPPING_BYTES])).isEqualTo(2 * MAPPING_BYTES);
            ExampleFile examples = writer.finish();
            assertThat(file).hasSize(3 * MAPPING_BYTES);
            assertThat(examples.read(3, 3)).containsExactly(4, 5, 6);
            assertThat(examples.read(MAPPING_BYTES, 2)).containsExactly(7, 8);
            assertThat(examples.read(2 * MAPPING_BYTES, MAPPING_BYTES)).containsOnly(0);
        }
    }
}
