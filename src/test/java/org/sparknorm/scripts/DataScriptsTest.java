package org.sparknorm.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.testing.ScriptRun;

/**
 * What the scripts of {@code data-scripts} share, and those for MNIST and its like: what they leave is right, or not
 * there; what was there is not lost.
 */
class DataScriptsTest {
    private static final String IMAGES = "train-images-idx3-ubyte.gz";
    private static final String LABELS = "train-labels-idx1-ubyte.gz";
    private static final List<String> NAMES =
            List.of(IMAGES, LABELS, "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz");
    private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

    @TempDir
    Path folder;

    private Path mirror;
    private Path output;
    private Path sums;

    /** A mirror of MNIST with 5 and 3 images of 2 classes. */
    @BeforeEach
    void files() throws IOException {
        mirror = Files.createDirectory(folder.resolve("mirror"));
        output = folder.resolve("out");
        sums = folder.resolve("sums");
        List<Path> files = new ArrayList<>();
        for (String name : NAMES) {
            int count = name.startsWith("train") ? 5 : 3;
            files.add(Files.write(mirror.resolve(name), name.contains("images") ? images(count) : labels(count)));
        }
        Files.write(sums, ScriptRun.sums("SHA-256", files));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mnist", "fashion-mnist", "cifar10", "imagenet", "sample-images"})
    void helpTellsTheUse(String script) throws Exception {
        ScriptRun run = ScriptRun.of(script, "--help");
        run.assertSucceeded();
        assertThat(run.out().get(0)).startsWith("data-scripts/" + script + " OUTPUT ");
        assertThat(run.out()).hasSizeGreaterThan(5).noneMatch(line -> line.contains("#"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mnist", "fashion-mnist", "cifar10", "imagenet", "sample-images"})
    void unknownOptionIsRefused(String script) throws Exception {
        ScriptRun run = ScriptRun.of(script, output, "--colour");
        run.assertRefused("unknown option --colour; use: data-scripts/" + script + " OUTPUT ");
        assertThat(output).doesNotExist();
    }

    @Test
    void commandLineWithoutWhatItNeedsIsRefused() throws Exception {
        ScriptRun.of("mnist").assertRefused("no folder is given; use: ");
        ScriptRun.of("mnist", output, "more").assertRefused("more is one folder too many; use: ");
        ScriptRun.of("mnist", output, "--from").assertRefused("option --from has no value; use: ");
        ScriptRun.of("mnist", output, "--from", folder.resolve("no"))
                .assertRefused(folder.resolve("no") + " is no folder");
        ScriptRun.of("mnist", sums, "--from", mirror).assertRefused(sums + " is no folder; ");
        ScriptRun.of("imagenet", output).assertRefused("the folder with the official files is not given; use: ");
        assertThat(output).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mnist", "fashion-mnist"})
    void filesAreTakenFromAFolder(String script) throws Exception {
        ScriptRun run = ScriptRun.of(script, output, "--from", mirror, "--sums=" + sums);
        assertFetched(run);
        assertThat(run.lastOut()).isEqualTo("5 training images, 3 test images, 2 classes");
    }

    @Test
    void sumsMayBeMd5() throws Exception {
        Files.write(
                sums, ScriptRun.sums("MD5", NAMES.stream().map(mirror::resolve).toList()));
        assertFetched(ScriptRun.of("mnist", output, "--from", mirror, "--sums", sums));
    }

    @Test
    void sumsThatAreNoneOrMissingAreRefused() throws Exception {
        Files.write(sums, List.of("# nothing"));
        fetch().assertRefused(sums + " has no sum of " + IMAGES + "; ");
        Files.write(sums, List.of("12345  " + IMAGES));
        fetch().assertRefused(sums + " has the line \"12345 " + IMAGES + "\"; ");
        assertThat(output).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mnist", "fashion-mnist"})
    void fileWithAWrongSumIsRefusedAndRemoved(String script) throws Exception {
        Path other = Files.writeString(Files.createDirectory(output).resolve("other"), "mine");
        ScriptRun run = ScriptRun.of(script, output, "--from", mirror);
        String found = ScriptRun.sum("SHA-256", Files.readAllBytes(mirror.resolve(IMAGES)));
        run.assertRefused(mirror.resolve(IMAGES) + " has a wrong sum (expected sha256 ");
        assertThat(run.lastErr()).contains(", found " + found + "); its copy was removed; ");
        assertThat(ScriptRun.files(output)).containsExactly("other");
        assertThat(other).hasContent("mine");
        assertThat(ScriptRun.files(mirror)).containsExactlyInAnyOrderElementsOf(NAMES);
    }

    @Test
    void whatWasRightBeforeAWrongFileStays() throws Exception {
        Files.writeString(mirror.resolve(LABELS), "damaged");
        fetch().assertRefused(mirror.resolve(LABELS) + " has a wrong sum");
        assertThat(ScriptRun.files(output)).containsExactly(IMAGES);
    }

    @Test
    void folderWithoutAFileIsRefusedBeforeAnythingIsWritten() throws Exception {
        Files.delete(mirror.resolve(NAMES.get(3)));
        fetch().assertRefused(mirror + " has no " + NAMES.get(3) + "; ");
        assertThat(output).doesNotExist();
    }

    @Test
    void secondRunFetchesNothing() throws Exception {
        assertFetched(fetch());
        for (String name : NAMES) {
            Files.setLastModifiedTime(output.resolve(name), LONG_AGO);
            Files.delete(mirror.resolve(name));
        }
        ScriptRun again = fetch();
        again.assertSucceeded();
        assertThat(again.out()).contains(IMAGES + ": is there");
        for (String name : NAMES) {
            assertThat(Files.getLastModifiedTime(output.resolve(name))).isEqualTo(LONG_AGO);
        }
    }

    @Test
    void runThatWasStoppedIsCompleted() throws Exception {
        Files.createDirectory(output);
        Files.copy(mirror.resolve(IMAGES), output.resolve(IMAGES));
        Files.writeString(output.resolve("." + LABELS + ".part"), "half");
        assertFetched(fetch());
    }

    @Test
    void anotherFileOfTheNameIsKept() throws Exception {
        Files.writeString(Files.createDirectory(output).resolve(IMAGES), "mine");
        fetch().assertSucceeded();
        assertThat(output.resolve(IMAGES)).hasSameBinaryContentAs(mirror.resolve(IMAGES));
        assertThat(output.resolve(IMAGES + ".before")).hasContent("mine");
    }

    @Test
    void folderThatAnotherScriptWritesToIsRefused() throws Exception {
        Files.createDirectory(output);
        // Holds the lock until its input ends.
        Process other = new ProcessBuilder("flock", output.toString(), "sh", "-c", "echo held; cat").start();
        try (BufferedReader lines = other.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("held");
            fetch().assertRefused("another script is writing to " + output + "; ");
        } finally {
            other.getOutputStream().close();
        }
        other.waitFor();
        assertFetched(fetch());
    }

    @Test
    void filesAreDownloaded() throws Exception {
        try (FileServer server = FileServer.of(mirror)) {
            assertFetched(ScriptRun.of("mnist", output, "--from", server.address(), "--sums", sums));
            assertThat(server.requests()).containsExactlyElementsOf(NAMES);
        }
    }

    @Test
    void downloadGoesOnWhereItStopped() throws Exception {
        byte[] whole = Files.readAllBytes(mirror.resolve(IMAGES));
        Files.createDirectory(output);
        Files.write(output.resolve("." + IMAGES + ".part"), Arrays.copyOf(whole, 20));
        try (FileServer server = FileServer.of(mirror)) {
            assertFetched(ScriptRun.of("mnist", output, "--from", server.address(), "--sums", sums));
            assertThat(server.requests()).startsWith(IMAGES + " from 20", LABELS);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 20_000}) // shorter than the file, and longer
    void downloadWithTheBeginningOfAnotherFileStartsAnew(int bytes) throws Exception {
        Files.createDirectory(output);
        Files.write(output.resolve("." + IMAGES + ".part"), new byte[bytes]);
        try (FileServer server = FileServer.of(mirror)) {
            assertFetched(ScriptRun.of("mnist", output, "--from", server.address(), "--sums", sums));
            assertThat(server.requests()).startsWith(IMAGES + " from " + bytes, IMAGES, LABELS);
        }
    }

    @Test
    void downloadWithAWrongSumIsRefusedAndRemoved() throws Exception {
        Files.writeString(mirror.resolve(IMAGES), "<html>not found</html>");
        try (FileServer server = FileServer.of(mirror)) {
            ScriptRun run = ScriptRun.of("mnist", output, "--from", server.address(), "--sums", sums);
            run.assertRefused(server.address() + "/" + IMAGES + " has a wrong sum (expected sha256 ");
            assertThat(run.lastErr()).contains(" and was removed; ");
        }
        assertThat(ScriptRun.files(output)).isEmpty();
    }

    @Test
    void downloadThatFailsKeepsWhatItHas() throws Exception {
        Files.delete(mirror.resolve(IMAGES));
        Files.createDirectory(output);
        Files.writeString(output.resolve("." + IMAGES + ".part"), "half");
        try (FileServer server = FileServer.of(mirror)) {
            ScriptRun run = ScriptRun.of("mnist", output, "--from", server.address(), "--sums", sums);
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.lastErr()).startsWith("error: " + IMAGES + " could not be downloaded; ");
        }
        assertThat(ScriptRun.files(output)).containsExactly("." + IMAGES + ".part");
    }

    private ScriptRun fetch() throws Exception {
        return ScriptRun.of("mnist", output, "--from", mirror, "--sums", sums);
    }

    /** All four files, and nothing else. */
    private void assertFetched(ScriptRun run) throws IOException {
        run.assertSucceeded();
        assertThat(ScriptRun.files(output)).containsExactlyInAnyOrderElementsOf(NAMES);
        for (String name : NAMES) {
            assertThat(output.resolve(name)).hasSameBinaryContentAs(mirror.resolve(name));
        }
    }

    private static byte[] images(int count) throws IOException {
        return packed(0x803, new int[] {count, 2, 2}, new byte[4 * count]);
    }

    private static byte[] labels(int count) throws IOException {
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) (7 * (i % 2));
        }
        return packed(0x801, new int[] {count}, labels);
    }

    private static byte[] packed(int magic, int[] dimensions, byte[] values) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(bytes))) {
            out.writeInt(magic);
            for (int dimension : dimensions) {
                out.writeInt(dimension);
            }
            out.write(values);
        }
        return bytes.toByteArray();
    }
}
