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
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.config.AugmentConfig.Crop;

/** The size of images and the section of augmentation, which may also be the word none. */
@Tag("unit")
class AugmentConfigTest {
    static final AugmentConfig NONE =
            new AugmentConfig(Crop.NONE, new Range(0.08, 1), new Range(0.75, 4.0 / 3), 4, false, 0);

    @TempDir
    Path folder;

    @Test
    void byDefaultNothingIsDone() {
        assertThat(run().augment()).isEqualTo(NONE);
        assertThat(run().augment().isNone()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"crop=resized", "crop=padded", "flip=true", "distortion=0.4"})
    void eachSettingDoesSomething(String setting) {
        assertThat(run("data.augment." + setting).augment().isNone()).isFalse();
    }

    @Test
    void aFileSetsTheSection() {
        AugmentConfig augment = text("""
                data.augment {
                  crop = resized, crop-area = [0.5, 0.75], crop-aspect = [1, 2], padding = 2, flip = true, distortion = 0.4
                }""").toRunConfig().data().augment();
        assertThat(augment)
                .isEqualTo(new AugmentConfig(Crop.RESIZED, new Range(0.5, 0.75), new Range(1, 2), 2, true, 0.4));
    }

    @Test
    void aFileMaySayNone() {
        assertThat(text("data.augment = none").toRunConfig().data().augment()).isEqualTo(NONE);
    }

    @Test
    void noneOnTheCommandLineTakesBackTheWholeSection() {
        ConfigSource source =
                text("data.augment { crop = resized, crop-area = [0.5, 1], flip = true, distortion = 1 }");
        assertThat(augment(source.with(List.of("data.augment=none")))).isEqualTo(NONE);
    }

    @Test
    void noneInAFileTakesBackTheSectionOfAnIncludedOne() throws IOException {
        Files.writeString(folder.resolve("base.conf"), "steps = 7, data.augment { flip = true }");
        Path file = Files.writeString(folder.resolve("run.conf"), "include \"base.conf\"\ndata.augment = none");
        assertThat(augment(ConfigFiles.ofFile(file.toFile()))).isEqualTo(NONE);
    }

    @Test
    void keysAfterNoneStartFromNothing() {
        AugmentConfig augment = augment(text("data.augment { crop = resized, distortion = 1 }")
                .with(List.of("data.augment=none", "data.augment.flip=true")));
        assertThat(augment).isEqualTo(new AugmentConfig(Crop.NONE, NONE.cropArea(), NONE.cropAspect(), 4, true, 0));
    }

    @Test
    void keysOfTheCommandLineComeOverNoneOfAFile() {
        AugmentConfig augment = augment(text("data.augment = none").with(List.of("data.augment.crop=padded")));
        assertThat(augment.crop()).isEqualTo(Crop.PADDED);
        assertThat(augment.padding()).isEqualTo(4);
    }

    @Test
    void theResolvedTextOfNoneMakesTheSameConfigurationAgain() {
        ConfigSource source = text("data.augment = none");
        assertThat(ConfigFiles.ofText(source.resolvedText()).toRunConfig()).isEqualTo(source.toRunConfig());
    }

    @Test
    void theUnresolvedTextOfNoneMakesTheSameConfigurationAgain() {
        ConfigSource source = text("").with(List.of("data.augment=none"));
        assertThat(ConfigFiles.ofText(source.text()).toRunConfig()).isEqualTo(source.toRunConfig());
    }

    @Test
    void anotherWordInPlaceOfTheSectionIsRefused() {
        assertThatThrownBy(() -> text("data.augment = some").toRunConfig())
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("data.augment = some (")
                .hasMessageEndingWith(") is not a section; write data.augment { ... } or data.augment = none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"data.augment=true", "data.augment={flip=true}"})
    void theCommandLineSetsKeysOneByOne(String assignment) {
        assertThatThrownBy(() -> run(assignment))
                .isInstanceOf(RefusedException.class)
                .hasMessage(assignment + " sets a whole section; set its keys one by one, as data.augment.KEY=VALUE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model", "data", "optimizer"})
    void otherSectionsAreNeverNone(String section) {
        assertThatThrownBy(() -> run(section + "=none"))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith(section + "=none sets a whole section;");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "data.augment.crop=random | data.augment.crop = random | is not one of none, resized, padded",
                "data.augment.crop-area=0.5 | data.augment.crop-area = 0.5 | is not two numbers such as [0.5, 1]",
                "data.augment.crop-area=[0.5] | data.augment.crop-area = [0.5] | is not two numbers such as [0.5, 1]",
                "data.augment.crop-aspect=[1, 2, 3] | data.augment.crop-aspect = [1, 2, 3] | is not two numbers such as [0.5, 1]",
                "data.augment.crop-aspect=[1, wide] | data.augment.crop-aspect = [1, wide] | is not two numbers such as [0.5, 1]",
                "data.augment.padding=1.5 | data.augment.padding = 1.5 | is not a whole number",
                "data.augment.flip=sometimes | data.augment.flip = sometimes | is not true or false",
                "data.augment.distortion=much | data.augment.distortion = much | is not a number",
                "data.size=0 | data.size = 0 | is not a whole number from 1 or auto",
                "data.size=-224 | data.size = -224 | is not a whole number from 1 or auto",
                "data.size=large | data.size = large | is not a whole number from 1 or auto"
            })
    void aWrongTypeNamesKeyValueAndWhatIsExpected(String assignment, String keyAndValue, String expected) {
        assertThatThrownBy(() -> run(assignment))
                .isInstanceOf(RefusedException.class)
                .hasMessage(keyAndValue + " (command line) " + expected + "; correct the value");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "data.augment.crop-area=[0, 1] | data.augment.crop-area = 0.0 is out of range; it must be above 0.0",
                "data.augment.crop-area=[0.5, 1.5] | data.augment.crop-area = 1.5 is out of range; it must be from 0.0 to 1.0",
                "data.augment.crop-area=[0.5, 0.25] | data.augment.crop-area = [0.5, 0.25] falls; write the smaller number first",
                "data.augment.crop-aspect=[0, 1] | data.augment.crop-aspect = 0.0 is out of range; it must be above 0.0",
                "data.augment.crop-aspect=[2, 1] | data.augment.crop-aspect = [2.0, 1.0] falls; write the smaller number first",
                "data.augment.padding=-1 | data.augment.padding = -1 is too small; it must be at least 0",
                "data.augment.distortion=-0.1 | data.augment.distortion = -0.1 is out of range; it must be from 0.0 to 5.0",
                "data.augment.distortion=5.1 | data.augment.distortion = 5.1 is out of range; it must be from 0.0 to 5.0"
            })
    void aBrokenRuleSaysWhichAndWhatToDo(String assignment, String message) {
        assertThatThrownBy(() -> run(assignment))
                .isInstanceOf(RefusedException.class)
                .hasMessage(message);
    }

    @Test
    void anUnknownKeyOfTheSectionNamesTheNearest() {
        assertThatThrownBy(() -> run("data.augment.flp=true"))
                .isInstanceOf(RefusedException.class)
                .hasMessage(
                        "unknown key data.augment.flp (the command line); the nearest known key is data.augment.flip");
    }

    @Test
    void theSizeIsThatOfTheDataUnlessGiven() {
        assertThat(run().size().isAuto()).isTrue();
        assertThat(run("data.size=224").size().value()).isEqualTo(224);
    }

    private static DataConfig run(String... assignments) {
        return text("").with(List.of(assignments)).toRunConfig().data();
    }

    private static AugmentConfig augment(ConfigSource source) {
        return source.toRunConfig().data().augment();
    }

    private static ConfigSource text(String text) {
        return ConfigFiles.ofText("steps = 7\n" + text);
    }
}
