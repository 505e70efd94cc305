package org.sparknorm.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing that a user wrote is passed over in silence. */
@Tag("unit")
class StrictnessTest {
    @TempDir
    Path folder;

    @Test
    void quotedKeyWithADotIsNoPath() {
        assertThatThrownBy(() ->
                        ConfigFiles.ofText("steps = 1, \"model.norm\" = none").toRunConfig())
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("unknown key \"model.norm\"");
    }

    @Test
    void valueOfTheCommandLineBeginsNoSecondKey() {
        assertThatThrownBy(() -> ConfigFiles.ofText("steps = 1").with(List.of("batch-size=30, slices=2")))
                .isInstanceOf(RefusedException.class)
                .hasMessage("batch-size = 30, slices=2 (command line) is no value; correct the value");
    }

    @Test
    void missingIncludeIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("run.conf"), "include \"base.conf\"\nsteps = 1");
        assertThatThrownBy(() -> ConfigFiles.ofFile(file.toFile()))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("base.conf");
    }

    @Test
    void includesOfIncludesAreRead() throws IOException {
        Files.writeString(folder.resolve("base.conf"), "slices = 3");
        Files.writeString(folder.resolve("middle.conf"), "include \"base.conf\"\nseed = 7");
        Path file = Files.writeString(folder.resolve("run.conf"), "include \"middle.conf\"\nsteps = 1");
        RunConfig run = ConfigFiles.ofFile(file.toFile()).toRunConfig();
        assertThat(run.slices()).isEqualTo(3);
        assertThat(run.seed()).isEqualTo(7);
    }

    @Test
    void epochsReplaceStepsOfAnIncludedFile() throws IOException {
        Files.writeString(folder.resolve("base.conf"), "steps = 10");
        Path file = Files.writeString(folder.resolve("run.conf"), "include \"base.conf\"\nepochs = 2");
        RunConfig run = ConfigFiles.ofFile(file.toFile()).toRunConfig();
        assertThat(run.epochs().value()).isEqualTo(2);
        assertThat(run.steps().value()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            slots-timeout = 999999999999999999min | a time such as 10s or 5min
            slots-timeout = 5                     | a time such as 10s or 5min
            seed = 9223372036854775808            | a whole number
            data.mean = NaN                       | a number, a list of numbers or none
            learning-rate.initial = "Infinity"    | a number
            """)
    void valueThatIsNoneIsRefused(String line, String expected) {
        assertThatThrownBy(() -> ConfigFiles.ofText("steps = 1\n" + line).toRunConfig())
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("is not " + expected);
    }
}
