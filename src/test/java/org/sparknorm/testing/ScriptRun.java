package org.sparknorm.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What a script of {@code data-scripts} left: its exit code and the lines it printed. */
public record ScriptRun(int code, List<String> out, List<String> err) {
    /** Runs the script to its end, with the JDK of this test and without a proxy. */
    public static ScriptRun of(String script, Object... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(new File("data-scripts/" + script).getAbsolutePath()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return run(command);
    }

    public static ScriptRun run(List<String> command) throws Exception {
        Path err = Files.createTempFile("script", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
            builder.environment().keySet().removeIf(name -> name.matches("(?i)(http|https|all)_proxy"));
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            Process process = builder.start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            return new ScriptRun(code, out.lines().toList(), Files.readAllLines(err));
        } finally {
            Files.delete(err);
        }
    }

    public String lastOut() {
        return out.isEmpty() ? "" : out.get(out.size() - 1);
    }

    public String lastErr() {
        return err.isEmpty() ? "" : err.get(err.size() - 1);
    }

    /** Exit code 2, and a last line of stderr with a cause that begins so, and a cure. */
    public void assertRefused(String cause) {
        assertThat(lastErr()).startsWith("error: " + cause).contains("; ");
        assertThat(code).isEqualTo(2);
    }

    public void assertSucceeded() {
        assertThat(code).as("%s", err).isZero();
    }

    /** The regular files under the folder by their relative paths, sorted, those of hidden folders included. */
    public static List<String> files(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    /** Of the files, in hexadecimal: lines as md5sum and sha256sum print them. */
    public static List<String> sums(String algorithm, List<Path> files) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : files) {
            lines.add(sum(algorithm, Files.readAllBytes(file)) + "  " + file.getFileName());
        }
        return lines;
    }

    public static String sum(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void deleteFolder(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file :
                    files.sorted((left, right) -> right.compareTo(left)).toList()) {
                Files.delete(file);
            }
        }
    }
}
