package org.sparknorm.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparknorm.testing.ScriptRun;

/** {@code data-scripts/sample-images}. */
class DataScriptsSampleImagesTest {
    @TempDir
    Path folder;

    @Test
    void picturesAreOfManySizesAndSomeAreGray() throws Exception {
        Path output = folder.resolve("pictures");
        ScriptRun run = ScriptRun.of("sample-images", output);
        run.assertSucceeded();
        assertThat(run.out())
                .containsExactly(output + "/train: 240 images, 4 classes", output + "/val: 60 images, 4 classes");
        int gray = 0;
        int portrait = 0;
        int landscape = 0;
        for (String file : ScriptRun.files(output.resolve("train"))) {
            assertThat(file).matches("(rings|stripes|checkers|blobs)/00[0-6][0-9]\\.jpg");
            BufferedImage image =
                    ImageIO.read(output.resolve("train").resolve(file).toFile());
            assertThat(image.getWidth()).isBetween(80, 300);
            assertThat(image.getHeight()).isBetween(80, 300);
            gray += image.getRaster().getNumBands() == 1 ? 1 : 0;
            portrait += image.getHeight() > image.getWidth() ? 1 : 0;
            landscape += image.getHeight() < image.getWidth() ? 1 : 0;
        }
        assertThat(gray).isBetween(5, 60);
        assertThat(portrait).isGreaterThan(60);
        assertThat(landscape).isGreaterThan(60);
    }

    @Test
    void sameSeedDrawsTheSamePictures() throws Exception {
        String pictures = draw(folder.resolve("one"), 8, 2);
        assertThat(draw(folder.resolve("two"), 8, 2)).isEqualTo(pictures);
        Files.delete(folder.resolve("two/train/waves/0002.jpg"));
        assertThat(draw(folder.resolve("two"), 8, 2)).isEqualTo(pictures);
        assertThat(run(folder.resolve("two"), 8, 2).out()).contains("classes=8 images=2 validation=1 seed=2: is there");
    }

    @Test
    void ownPicturesAreReplacedAndNothingElse() throws Exception {
        Path output = folder.resolve("pictures");
        String pictures = draw(output, 3, 1);
        assertThat(draw(output, 2, 5).lines()).hasSize(6).noneMatch(pictures::contains);
        assertThat(output.resolve("train/checkers")).doesNotExist();

        Path mine = Files.createDirectory(output.resolve("train/dogs")).resolve("0001.jpg");
        Files.writeString(mine, "mine");
        run(output, 3, 1)
                .assertRefused(output + " was made by this script but holds train/dogs/0001.jpg, which was not; ");
        assertThat(mine).hasContent("mine");
    }

    @Test
    void folderOfSomebodyElseIsRefused() throws Exception {
        Path mine = Files.writeString(folder.resolve("mine"), "mine");
        ScriptRun run = ScriptRun.of("sample-images", folder);
        run.assertRefused(folder + " is not empty and was not made by this script; name another folder");
        assertThat(ScriptRun.files(folder)).containsExactly("mine");
        assertThat(mine).hasContent("mine");
    }

    @ParameterizedTest
    @CsvSource({"classes,1", "classes,9", "images,0", "validation,-1", "seed,x"})
    void numberOutOfRangeIsRefused(String option, String value) throws Exception {
        ScriptRun run = ScriptRun.of("sample-images", folder.resolve("pictures"), "--" + option, value);
        assertThat(run.lastErr()).startsWith("error: --" + option + " " + value + " is no whole number from ");
        assertThat(run.code()).isEqualTo(2);
        assertThat(folder.resolve("pictures")).doesNotExist();
    }

    private static ScriptRun run(Path output, int classes, int seed) throws Exception {
        return ScriptRun.of(
                "sample-images", output, "--classes", classes, "--images", 2, "--validation", 1, "--seed", seed);
    }

    /** The sum of all pictures, with their names. */
    private static String draw(Path output, int classes, int seed) throws Exception {
        ScriptRun run = run(output, classes, seed);
        run.assertSucceeded();
        StringBuilder sums = new StringBuilder();
        for (String split : new String[] {"train", "val"}) {
            for (String file : ScriptRun.files(output.resolve(split))) {
                byte[] bytes = Files.readAllBytes(output.resolve(split).resolve(file));
                sums.append(split)
                        .append(file)
                        .append(ScriptRun.sum("SHA-256", bytes))
                        .append('\n');
            }
        }
        assertThat(sums.toString().lines()).hasSize(3 * classes);
        return sums.toString();
    }
}
