package org.sparknorm.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparknorm.job.Main;
import picocli.CommandLine.Command;

/** {@code jobs/submit} knows the commands, of which the first argument that is one divides Spark's options from ours. */
@Tag("unit")
class SubmitScriptTest {
    @Test
    void scriptKnowsEveryCommand() throws IOException {
        List<String> names = Stream.of(Main.class.getAnnotation(Command.class).subcommands())
                .map(command -> command.getAnnotation(Command.class).name())
                .toList();
        String script = Files.readString(Path.of("jobs", "submit"));
        String known = script.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("train | "))
                .findFirst()
                .orElseThrow()
                .replace(") break ;;", "");
        assertThat(Arrays.asList(known.split(" \\| ", -1))).containsExactlyInAnyOrderElementsOf(names);
        List<String> first = new ArrayList<>(names);
        String last = first.remove(first.size() - 1);
        assertThat(script).contains("the commands are " + String.join(", ", first) + " and " + last);
    }
}
