package org.sparknorm.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparknorm.testing.ScriptRun;

/** {@code data-scripts/imagenet} on files of two classes, three training and three validation images. */
class DataScriptsImageNetTest {
    private static final String DOG = "n02085620";
    private static final String FISH = "n01440764";
    private static final String TRAIN = "ILSVRC2012_img_train.tar";
    private static final String VALIDATION = "ILSVRC2012_img_val.tar";
    private static final String DEVKIT = "ILSVRC2012_devkit_t12.tar.gz";
    private static final List<String> RESULT = List.of(
            "train/n01440764/n01440764_1.JPEG",
            "train/n01440764/n01440764_2.JPEG",
            "train/n02085620/n02085620_7.JPEG",
            "val/n01440764/ILSVRC2012_val_00000002.JPEG",
            "val/n02085620/ILSVRC2012_val_00000001.JPEG",
            "val/n02085620/ILSVRC2012_val_00000003.JPEG");
    private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

    @TempDir
    Path folder;

    private Path official;
    private Path output;
    private Path sums;

    @BeforeEach
    void officialFiles() throws Exception {
        official = Files.createDirectory(folder.resolve("official"));
        output = folder.resolve("out");
        sums = folder.resolve("sums");
        pack(FISH + ".tar", FISH + "_1.JPEG", FISH + "_2.JPEG");
        pack(DOG + ".tar", DOG + "_7.JPEG");
        pack("official/" + TRAIN, FISH + ".tar", DOG + ".tar");
        pack(
                "official/" + VALIDATION,
                "ILSVRC2012_val_00000001.JPEG",
                "ILSVRC2012_val_00000002.JPEG",
                "ILSVRC2012_val_00000003.JPEG");
        packDevkit("1\n2\n1\n", MatFile.synsets(List.of(DOG, FISH), true, ByteOrder.LITTLE_ENDIAN));
    }

    @ParameterizedTest
    @CsvSource({"true,true", "false,false"})
    void imagesComeIntoTheFoldersOfTheirClasses(boolean compressed, boolean littleEndian) throws Exception {
        ByteOrder order = littleEndian ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        packDevkit("1\n2\n1\n", MatFile.synsets(List.of(DOG, FISH), compressed, order));
        ScriptRun run = unpack();
        run.assertSucceeded();
        assertThat(run.out()).endsWith(output + "/train: 3 images, 2 classes", output + "/val: 3 images, 2 classes");
        assertThat(images()).isEqualTo(RESULT);
        assertThat(output.resolve(RESULT.get(5))).hasContent("ILSVRC2012_val_00000003.JPEG");
        assertThat(output.resolve(".imagenet/part")).doesNotExist();
    }

    @Test
    void secondRunUnpacksNothing() throws Exception {
        unpack().assertSucceeded();
        for (String image : RESULT) {
            Files.setLastModifiedTime(output.resolve(image), LONG_AGO);
        }
        ScriptRun again = unpack();
        again.assertSucceeded();
        assertThat(again.out()).noneMatch(line -> line.contains("checking")).hasSize(2);
        for (String image : RESULT) {
            assertThat(Files.getLastModifiedTime(output.resolve(image))).isEqualTo(LONG_AGO);
        }
    }

    @Test
    void runThatWasStoppedGoesOnWithTheClassesThatAreMissing() throws Exception {
        unpack().assertSucceeded();
        ScriptRun.deleteFolder(output.resolve("train").resolve(DOG));
        ScriptRun.deleteFolder(output.resolve("val").resolve(FISH));
        Files.createDirectories(output.resolve(".imagenet/part/class"));
        Files.writeString(output.resolve(".imagenet/part/class/half.JPEG"), "half");
        Files.setLastModifiedTime(output.resolve(RESULT.get(0)), LONG_AGO);
        ScriptRun again = unpack();
        again.assertSucceeded();
        assertThat(again.out()).startsWith("train/" + DOG + ": 1 images (2 of 2)", "val: unpacking 1 classes");
        assertThat(images()).isEqualTo(RESULT);
        assertThat(Files.getLastModifiedTime(output.resolve(RESULT.get(0)))).isEqualTo(LONG_AGO);
    }

    @Test
    void wrongSumIsRefusedAndTheUsersFileStays() throws Exception {
        Files.writeString(official.resolve(VALIDATION), "damaged");
        unpack().assertRefused(official.resolve(VALIDATION) + " has a wrong sum (expected sha256 ");
        assertThat(official.resolve(VALIDATION)).hasContent("damaged");
        assertThat(images()).isEmpty();
    }

    @Test
    void builtInSumsAreThoseOfTheOfficialFiles() throws Exception {
        ScriptRun run = ScriptRun.of("imagenet", output, "--from", official);
        run.assertRefused(
                official.resolve(DEVKIT) + " has a wrong sum (expected md5 fa75699e90414af021442c21a62c3abf, ");
    }

    @Test
    void sumsAreNotLookedAtWhenToldSo() throws Exception {
        ScriptRun run = ScriptRun.of("imagenet", output, "--from", official, "--skip-checksums");
        run.assertSucceeded();
        assertThat(images()).isEqualTo(RESULT);
    }

    @Test
    void missingFileIsRefusedBeforeAnythingIsWritten() throws Exception {
        Files.delete(official.resolve(TRAIN));
        unpack().assertRefused(official + " has no " + TRAIN + "; ");
        assertThat(output).doesNotExist();
    }

    @Test
    void classFolderOfSomebodyElseIsRefused() throws Exception {
        Path mine =
                Files.createDirectories(output.resolve("train").resolve(FISH)).resolve("mine.JPEG");
        Files.writeString(mine, "mine");
        unpack().assertRefused(mine.getParent() + " was not made by this script; ");
        assertThat(mine).hasContent("mine");
    }

    @Test
    void classThatLostAnImageIsRefused() throws Exception {
        Files.createDirectories(output.resolve(".imagenet"));
        Files.writeString(output.resolve(".imagenet/unpacked"), "train/" + FISH + " 2\n");
        Files.createDirectories(output.resolve("train").resolve(FISH));
        Files.writeString(output.resolve(RESULT.get(0)), "one");
        unpack().assertRefused(output + "/train/" + FISH + " has 1 images instead of 2; ");
    }

    @Test
    void groundTruthOfOtherImagesIsRefused() throws Exception {
        byte[] meta = MatFile.synsets(List.of(DOG, FISH), true, ByteOrder.LITTLE_ENDIAN);
        packDevkit("1\n2\n1\n1\n", meta);
        unpack().assertRefused(VALIDATION
                + " and the ground truth do not fit: only one of them has ILSVRC2012_val_00000004.JPEG; ");
        packDevkit("1\n3\n1\n", meta);
        unpack().assertRefused("the ground truth of " + DEVKIT + " does not fit its meta.mat; ");
        assertThat(images()).isEmpty();
    }

    @Test
    void classNameThatIsAPathIsRefused() throws Exception {
        packDevkit("1\n2\n1\n", MatFile.synsets(List.of("../../oh", FISH), false, ByteOrder.LITTLE_ENDIAN));
        ScriptRun run = unpack();
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.lastErr())
                .contains("meta.mat has the WordNet id \"../../oh\"")
                .contains("; ");
        assertThat(images()).isEmpty();
    }

    @Test
    void damagedMetaIsRefused() throws Exception {
        byte[] meta = MatFile.synsets(List.of(DOG, FISH), false, ByteOrder.LITTLE_ENDIAN);
        packDevkit("1\n2\n1\n", Arrays.copyOf(meta, meta.length - 60));
        unpack().assertRefused(output + "/.imagenet/part/ILSVRC2012_devkit_t12/data/meta.mat has an element of ");
    }

    private ScriptRun unpack() throws Exception {
        return ScriptRun.of("imagenet", output, "--from", official, "--sums", sums);
    }

    private List<String> images() throws IOException {
        return ScriptRun.files(output).stream()
                .filter(file -> !file.startsWith("."))
                .toList();
    }

    private void packDevkit(String groundTruth, byte[] meta) throws Exception {
        Path data = Files.createDirectories(folder.resolve("ILSVRC2012_devkit_t12/data"));
        Files.writeString(data.resolve("ILSVRC2012_validation_ground_truth.txt"), groundTruth);
        Files.write(data.resolve("meta.mat"), meta);
        pack("official/" + DEVKIT, "ILSVRC2012_devkit_t12");
        List<Path> files = List.of(official.resolve(TRAIN), official.resolve(VALIDATION), official.resolve(DEVKIT));
        Files.write(sums, ScriptRun.sums("SHA-256", files));
    }

    /** Of images that are not there yet, each has its own name for content. */
    private void pack(String archive, String... members) throws Exception {
        List<String> command = new ArrayList<>(List.of("tar", archive.endsWith("gz") ? "-czf" : "-cf"));
        command.addAll(List.of(folder.resolve(archive).toString(), "-C", folder.toString()));
        for (String member : members) {
            if (member.endsWith(".JPEG")) {
                Files.write(folder.resolve(member), member.getBytes(StandardCharsets.US_ASCII));
            }
            command.add(member);
        }
        ScriptRun.run(command).assertSucceeded();
    }
}
