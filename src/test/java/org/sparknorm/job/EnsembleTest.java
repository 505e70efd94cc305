package org.sparknorm.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.run.ExitCode;
import org.sparknorm.testing.Commands;
import org.sparknorm.testing.LocalMaster;
import org.sparknorm.testing.SampleImages;

/** Command {@code ensemble}: three networks that differ in kind, size of the images and slices. */
class EnsembleTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(3);

    private static final int IMAGES = 9;
    private static final String[] NAMES = {"residual", "connected", "other"};

    @TempDir
    static Path folder;

    private static Path images;

    @BeforeAll
    static void train() throws IOException {
        images = SampleImages.write(folder.resolve("images"), IMAGES);
        Path conf = Files.writeString(folder.resolve("small.conf"), """
                data { format = image-folder, train = "%s", validation = ${data.train}, size = 16 }
                model.hidden = [5], batch-size = 9, slices = 2, steps = 6
                """.formatted(images));
        run("train", conf, "output=" + folder.resolve(NAMES[0]), "model.name=resnet20", "model.width=0.25");
        run("train", conf, "output=" + folder.resolve(NAMES[1]), "data.size=8", "slices=3");
        run("train", conf, "output=" + folder.resolve(NAMES[2]), "seed=2");
    }

    private static String run(Object... words) {
        Commands.Result result = Commands.run(words);
        assertThat(result.code()).as(result.err()).isZero();
        return result.out();
    }

    private static String ensemble(Object... more) {
        List<Object> words = new ArrayList<>(List.of("ensemble"));
        for (String name : NAMES) {
            words.add(folder.resolve(name));
        }
        words.addAll(List.of(more));
        return run(words.toArray());
    }

    /** The figures of the line that begins so. */
    private static double[] row(String out, String name) {
        String line =
                out.lines().filter(each -> each.startsWith(name)).findFirst().orElseThrow();
        String[] words = line.substring(name.length()).strip().split(" +", -1);
        return new double[] {Double.parseDouble(words[0]), Double.parseDouble(words[1]), Double.parseDouble(words[2])};
    }

    /** Two classes, of which predict writes both: by image the probability of its own. */
    private static Map<String, Double> probabilities(String name, int crops) throws IOException {
        Path output = folder.resolve(name + "-predictions-" + crops);
        run("predict", folder.resolve(name), "input=" + images, "output=" + output, "format=csv", "crops=" + crops);
        Map<String, Double> found = new TreeMap<>();
        try (var files = Files.list(output)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".csv")).toList()) {
                for (String line : Files.readAllLines(file)) {
                    String[] cells = line.split(",", -1);
                    if (cells[1].equals(cells[2])) {
                        found.put(cells[0], Double.parseDouble(cells[3]));
                    } else if (cells[1].equals(cells[4])) {
                        found.put(cells[0], Double.parseDouble(cells[5]));
                    }
                }
            }
        }
        assertThat(found).hasSize(2 * IMAGES);
        return found;
    }

    private static void assertMeans(String out, int crops) throws IOException {
        Map<String, Double> means = new TreeMap<>();
        for (String name : NAMES) {
            probabilities(name, crops).forEach((image, own) -> means.merge(image, own / NAMES.length, Double::sum));
        }
        double loss = means.values().stream()
                .mapToDouble(mean -> -Math.log(mean))
                .average()
                .orElseThrow();
        double right = means.values().stream().filter(mean -> mean > 0.5).count();
        double[] row = row(out, "mean of probabilities");
        assertThat(row[0]).isEqualTo(2 * IMAGES);
        assertThat(row[1]).as("six digits are printed").isCloseTo(loss, within(1e-6));
        assertThat(row[2]).as("four digits are printed").isCloseTo(right / means.size(), within(1e-4));
    }

    /** Also in how many partitions cannot be seen. */
    @Test
    void probabilitiesAreThoseOfPredictAveraged() throws IOException {
        String out = ensemble("partitions=1");
        assertMeans(out, 1);
        assertThat(table(ensemble("partitions=2"))).isEqualTo(table(out));
        double[] alone = row(run("evaluate", folder.resolve(NAMES[1])), "validation");
        assertThat(row(out, folder.resolve(NAMES[1]).toString())).isEqualTo(alone);
    }

    @Test
    void cropsAreAveragedBeforeTheModels() throws IOException {
        assertMeans(ensemble("crops=144"), 144);
    }

    private static String table(String out) {
        return out.substring(out.indexOf("model "));
    }

    @Test
    void whatDoesNotFitTogetherIsRefused() throws IOException {
        Path digits = Files.writeString(folder.resolve("digits.conf"), "data.examples = 60\nsteps = 1");
        run("train", digits, "output=" + folder.resolve("digits"), "data.validation-examples=10");
        Commands.Result classes = Commands.run("ensemble", folder.resolve(NAMES[0]), folder.resolve("digits"));
        assertThat(classes.lastError())
                .endsWith(
                        " knows other classes than " + folder.resolve(NAMES[0]) + "; take models of the same classes");
        assertThat(classes.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(Commands.run("ensemble", "crops=1").lastError())
                .isEqualTo("error: no run is given; name the output folders of runs");
        run("train", digits, "output=" + folder.resolve("more"), "data.validation-examples=20");
        assertThat(Commands.run("ensemble", folder.resolve("digits"), folder.resolve("more"))
                        .lastError())
                .startsWith("error: the models do not see the same examples: ")
                .contains("digits 10, ", "more 20; give data.validation=PATH for all");
        Path renamed = SampleImages.write(folder.resolve("renamed"), IMAGES);
        Files.move(
                renamed.resolve("along").resolve("image-008.jpg"),
                renamed.resolve("along").resolve("other.jpg"));
        run(
                "train",
                digits,
                "output=" + folder.resolve("o"),
                "data.format=image-folder",
                "data.size=8",
                "data.train=" + images,
                "data.validation=" + renamed);
        assertThat(Commands.run("ensemble", folder.resolve(NAMES[0]), folder.resolve("o"))
                        .lastError())
                .contains("the models do not see the same examples: number ", "other.jpg, label 1 for another; give");
    }
}
