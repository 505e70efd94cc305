package org.sparknorm.config;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparknorm.Mutations;
import org.sparknorm.Reading;

/** Configurations of all kinds: the text of a file, and behind bytes of 0 the arguments of a command line. */
class ConfigFuzzTest {
    static Stream<Arguments> texts() throws IOException {
        return Mutations.of(
                resource("reference.conf") + "steps = 1",
                resource("photos-resnet20.conf"),
                resource("mnist-bn.conf") + "\0model.hidden=[3, 4]\0data.train=x\0epochs=0.5\0data.augment=none",
                "include \"other.conf\"\nsteps = 1",
                "rate = 0.1, learning-rate { initial = ${rate}, every = ${?none} }, steps = ${x}, x = ${y}, y = ${x}",
                "steps = 1, model = ${model} { hidden = ${model.hidden} [2] }, model.width = ${?w}\0model.width=2\0steps=2",
                "statistics-timeout = 1e300d, slots-timeout = 5 min, \"a\\nb\" = 1e999, seed = 99999999999999999999, steps = 0x",
                "steps = 1\0partitions=auto\0data.mean=[1, none]\0model.hidden=[null]\0data.deviation={a: 1}",
                "steps = 1, model { hidden += 7, init.deviation = 1e-400 }, data.augment.crop-area = [1]",
                "steps = 1, model.width = " + "${?model}".repeat(12),
                "[".repeat(5_000),
                "a{".repeat(5_000),
                "steps = " + "${?a}".repeat(1_000),
                "a.".repeat(5_000) + "a = 1",
                "steps = 1\0model.hidden=" + "[".repeat(5_000));
    }

    @MethodSource("texts")
    @FuzzTest(maxExecutions = Mutations.RUNS, maxDuration = "")
    void textsAreReadOrRefused(byte[] bytes) {
        List<String> parts = Arrays.asList(new String(bytes, StandardCharsets.UTF_8).split("\0"));
        List<String> assignments = parts.subList(Math.min(1, parts.size()), parts.size());
        Reading.succeedsOrRefuses(() -> {
            ConfigSource source =
                    ConfigFiles.ofText(parts.isEmpty() ? "" : parts.get(0)).with(assignments);
            source.toRunConfig();
            ConfigFiles.ofText(source.text()).toRunConfig();
            source.resolvedText();
        });
    }

    private static String resource(String name) throws IOException {
        try (var in = ConfigFuzzTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
