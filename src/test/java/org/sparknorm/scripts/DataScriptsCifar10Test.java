package org.sparknorm.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.testing.ScriptRun;

/** {@code data-scripts/cifar10}. */
class DataScriptsCifar10Test {
    private static final String ARCHIVE = "cifar-10-binary.tar.gz";
    private static final int RECORD_BYTES = 3073;

    @TempDir
    Path folder;

    private Path mirror;
    private Path output;
    private Path sums;

    /** The archive of CIFAR-10, whose file k has k images, the test file 6. */
    @BeforeEach
    void archive() throws Exception {
        mirror = Files.createDirectory(folder.resolve("mirror"));
        output = folder.resolve("out");
        sums = folder.resolve("sums");
        Path batches = Files.createDirectory(folder.resolve("cifar-10-batches-bin"));
        for (int file = 1; file <= 5; file++) {
            Files.write(batches.resolve("data_batch_" + file + ".bin"), record(file, file));
        }
        Files.write(batches.resolve("test_batch.bin"), record(6, 6));
        Files.writeString(batches.resolve("batches.meta.txt"), "airplane\nautomobile\n\n");
        Files.writeString(batches.resolve("readme.html"), "");
        pack();
    }

    @Test
    void archiveIsUnpacked() throws Exception {
        ScriptRun run = fetch();
        run.assertSucceeded();
        assertThat(run.lastOut()).isEqualTo("15 training images, 6 test images, 2 classes");
        assertThat(ScriptRun.files(output))
                .containsExactly(
                        "SHA256SUMS",
                        "batches.meta.txt",
                        "data_batch_1.bin",
                        "data_batch_2.bin",
                        "data_batch_3.bin",
                        "data_batch_4.bin",
                        "data_batch_5.bin",
                        "test_batch.bin");
        assertThat(output.resolve("data_batch_4.bin")).hasBinaryContent(record(4, 4));
    }

    @Test
    void archiveIsDownloadedOnce() throws Exception {
        try (FileServer server = FileServer.of(mirror)) {
            for (int run = 0; run < 2; run++) {
                ScriptRun.of("cifar10", output, "--from", server.address(), "--sums", sums)
                        .assertSucceeded();
            }
            assertThat(server.requests()).containsExactly(ARCHIVE);
        }
        assertThat(ScriptRun.files(output)).hasSize(8);
    }

    @Test
    void whatWasStoppedOrDamagedIsCompleted() throws Exception {
        Files.createDirectories(output.resolve(".unpacked"));
        Files.writeString(output.resolve(".unpacked/data_batch_1.bin"), "half");
        Files.writeString(output.resolve("." + ARCHIVE + ".part"), "half");
        fetch().assertSucceeded();
        assertThat(ScriptRun.files(output)).hasSize(8);

        Files.delete(output.resolve("data_batch_2.bin"));
        Files.writeString(output.resolve("data_batch_3.bin"), "damaged");
        fetch().assertSucceeded();
        assertThat(output.resolve("data_batch_2.bin")).hasBinaryContent(record(2, 2));
        assertThat(output.resolve("data_batch_3.bin")).hasBinaryContent(record(3, 3));
        assertThat(output.resolve("data_batch_3.bin.before")).hasContent("damaged");
    }

    @Test
    void wrongSumIsRefused() throws Exception {
        Path mine = Files.write(Files.createDirectory(output).resolve("data_batch_1.bin"), record(9, 1));
        ScriptRun run = ScriptRun.of("cifar10", output, "--from", mirror);
        run.assertRefused(
                mirror.resolve(ARCHIVE) + " has a wrong sum (expected md5 c32a1d4ab5d03f1284b67883e8d87530, found ");
        assertThat(ScriptRun.files(output)).containsExactly("data_batch_1.bin");
        assertThat(mine).hasBinaryContent(record(9, 1));
    }

    @Test
    void fileThatHoldsHalfAnImageIsRefused() throws Exception {
        Files.write(folder.resolve("cifar-10-batches-bin/test_batch.bin"), new byte[100]);
        pack();
        fetch().assertRefused("test_batch.bin of " + ARCHIVE + " has 100 bytes, no multiple of 3073; ");
        assertThat(ScriptRun.files(output)).isEmpty();
    }

    private ScriptRun fetch() throws Exception {
        return ScriptRun.of("cifar10", output, "--from", mirror, "--sums", sums);
    }

    private void pack() throws Exception {
        Path archive = mirror.resolve(ARCHIVE);
        ScriptRun.run(List.of("tar", "-czf", archive.toString(), "-C", folder.toString(), "cifar-10-batches-bin"))
                .assertSucceeded();
        Files.write(sums, ScriptRun.sums("MD5", List.of(archive)));
    }

    private static byte[] record(int value, int count) {
        byte[] records = new byte[count * RECORD_BYTES];
        Arrays.fill(records, (byte) value);
        return records;
    }
}
