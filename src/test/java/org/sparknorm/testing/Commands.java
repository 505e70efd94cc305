package org.sparknorm.testing;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.sparknorm.job.Main;

/** Runs commands as spark-submit does, within this JVM. */
public final class Commands {
    private Commands() {}

    /** What a command left behind. */
    public record Result(int code, String out, String err) {
        /** The line that says what is wrong. */
        public String lastError() {
            return err.lines().reduce("", (before, line) -> line);
        }
    }

    public static Result run(Object... arguments) {
        String[] words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        return run(() -> Main.run(words));
    }

    /** Runs command {@code train} on a configuration. */
    public static Result train(Path conf, Path output, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("train", conf, "output=" + output));
        arguments.addAll(List.of(more));
        return run(arguments.toArray());
    }

    /** @param command returns its exit code */
    public static Result run(IntSupplier command) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
            int code = command.getAsInt();
            return new Result(
                    code, outBytes.toString(StandardCharsets.UTF_8), errBytes.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
