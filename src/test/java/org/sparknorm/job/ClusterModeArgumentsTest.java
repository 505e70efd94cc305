package org.sparknorm.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.run.ConfArgument;
import picocli.CommandLine;

/** What a driver elsewhere is given: configurations instead of their paths, and absolute paths. */
@Tag("unit")
class ClusterModeArgumentsTest {
    @TempDir
    Path folder;

    /** A command and the label of its first parameter. */
    record Known(List<String> words, String label) {}

    static Stream<Known> commands() {
        List<Known> known = new ArrayList<>();
        collect(List.of(), Main.commands(), known);
        return known.stream();
    }

    private static void collect(List<String> words, CommandLine command, List<Known> known) {
        for (Map.Entry<String, CommandLine> each : command.getSubcommands().entrySet()) {
            List<String> all = new ArrayList<>(words);
            all.add(each.getKey());
            collect(all, each.getValue(), known);
            each.getValue().getCommandSpec().positionalParameters().stream()
                    .findFirst()
                    .ifPresent(parameter -> known.add(new Known(all, parameter.paramLabel())));
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandIsSentWhatItNeeds(Known command) throws IOException {
        Path conf = Files.writeString(folder.resolve("some.conf"), "steps = 7");
        boolean needsValue = command.words().contains("sweep");
        List<String> typed = new ArrayList<>(command.words());
        boolean takesConf = command.label().contains("CONF");
        boolean takesRun = command.label().contains("RUN");
        assertThat(takesConf || takesRun || command.label().equals("key=value")).isTrue();
        typed.add(takesConf ? conf.toString() : takesRun ? "runs/some" : "seed=2");
        typed.add("seed=" + (needsValue ? "3,4" : "3"));
        List<String> sent = sent(typed);
        int at = command.words().size();
        assertThat(sent.subList(0, at)).isEqualTo(command.words());
        if (takesConf) {
            assertThat(ConfArgument.name(sent.get(at))).isEqualTo("some");
            assertThat(ConfArgument.read(sent.get(at), new Configuration())
                            .toRunConfig()
                            .steps()
                            .value())
                    .isEqualTo(7);
        } else {
            assertThat(sent.get(at))
                    .isEqualTo(takesRun ? "file:" + Path.of("runs/some").toAbsolutePath() : "seed=2");
        }
    }

    @Test
    void keysOfTheConfigurationGoIntoItAndThoseOfTheCommandBesideIt() throws IOException {
        Path conf = Files.writeString(folder.resolve("some.conf"), "steps = 7, data.train = mnist");
        List<String> sent = sent(List.of("verify", conf.toString(), "seed=3", "steps=2"));
        assertThat(sent).hasSize(3).endsWith("steps=2");
        assertThat(ConfArgument.read(sent.get(1), new Configuration()).toRunConfig())
                .satisfies(config -> assertThat(config.seed()).isEqualTo(3))
                .satisfies(config -> assertThat(config.data().train().value())
                        .isEqualTo("file:" + Path.of("mnist").toAbsolutePath()));
    }

    @Test
    void valuesOfASweepAreSentAsTyped() throws IOException {
        Path conf = Files.writeString(folder.resolve("some.conf"), "steps = 7");
        List<String> sent = sent(List.of("sweep", conf.toString(), "slices=2,3", "beside=2"));
        assertThat(sent.subList(2, 5))
                .containsExactly(
                        "slices=2,3",
                        "beside=2",
                        "output=file:" + Path.of("runs/some-sweep").toAbsolutePath());
    }

    @Test
    void optionsOfABenchmarkAreKept() throws IOException {
        Path conf = Files.writeString(folder.resolve("some.conf"), "steps = 7");
        List<String> sent = sent(List.of("--debug", "bench", "model", "--tasks", "1,2,4", conf.toString()));
        assertThat(sent)
                .startsWith("--debug", "bench", "model", "--tasks", "1,2,4")
                .hasSize(6);
    }

    private static List<String> sent(List<String> typed) {
        return ClusterModeArguments.of(new Configuration(), typed.toArray(String[]::new));
    }
}
