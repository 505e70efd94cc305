package org.sparknorm.spark.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.run.ExitCode;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.testing.Commands;
import org.sparknorm.testing.LocalMaster;
import org.sparknorm.testing.SampleImages;

/** Class folders, packed or not, through all commands. */
class ImageFolderTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(4);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int IMAGES = 12;

    @TempDir
    Path folder;

    private Path images;
    private Path conf;

    @BeforeEach
    void imagesAndConfiguration() throws IOException {
        images = SampleImages.write(folder.resolve("images"), IMAGES);
        conf = Files.writeString(folder.resolve("small.conf"), """
            model { name = resnet20, width = 0.25 }
            data { format = image-folder, train = "%s", size = 16
                   augment { crop = resized, flip = true, distortion = 0.5 }, reshuffle-every = 1 }
            batch-size = 8, slices = 4, steps = 6, optimizer.momentum = 0.9
            """.formatted(images));
    }

    private String hash(String name, Object... more) throws IOException {
        Commands.Result result = Commands.train(conf, folder.resolve(name), more);
        assertThat(result.code()).as(result.err()).isZero();
        JsonNode written =
                JSON.readTree(folder.resolve(name).resolve(RunFolder.RESULT).toFile());
        return written.get("weightsSha256").asText();
    }

    private Commands.Result pack(String output, Object... more) {
        Object[] arguments = new Object[3 + more.length];
        arguments[0] = "pack";
        arguments[1] = "input=" + images;
        arguments[2] = "output=" + folder.resolve(output);
        System.arraycopy(more, 0, arguments, 3, more.length);
        return Commands.run(arguments);
    }

    @Test
    void foldersAndParquetInAnyNumberOfPartitionsGiveTheSameBits() throws IOException {
        String one = hash("one", "partitions=1");
        assertThat(hash("two", "partitions=2")).isEqualTo(one);
        assertThat(hash("four", "partitions=4")).isEqualTo(one);
        assertThat(pack("packed", "parts=3").code()).isZero();
        String packed = hash("packed-run", "data.format=parquet", "data.train=" + folder.resolve("packed"));
        assertThat(packed).isEqualTo(one);
        assertThat(hash("other-seed", "seed=2")).isNotEqualTo(one);
    }

    @Test
    void dealingAnewChangesTheOrderOfLaterEpochs() throws IOException {
        assertThat(hash("once", "data.reshuffle-every=0")).isNotEqualTo(hash("anew"));
        assertThat(hash("first-epoch", "steps=3"))
                .isEqualTo(hash("first-epoch-once", "steps=3", "data.reshuffle-every=0"));
    }

    @Test
    void namesOfTheFoldersAreTheClasses() throws IOException {
        Files.createDirectories(images.resolve("between"));
        Files.createDirectories(images.resolve(".hidden"));
        Files.writeString(images.resolve("along").resolve("Thumbs.db"), "no image");
        Files.writeString(images.resolve("README.txt"), "no image");
        Files.writeString(images.resolve("across").resolve(".DS_Store"), "no image");
        hash("run", "steps=1");
        assertThat(Files.readAllLines(folder.resolve("run").resolve(RunFolder.CLASSES)))
                .containsExactly("across", "along", "between");
    }

    @Test
    void otherClassesThanThoseOfTheRunAreRefused() throws IOException {
        hash("run", "steps=1");
        Files.move(images.resolve("along"), images.resolve("alone"));
        Commands.Result result = Commands.run("evaluate", folder.resolve("run"), "split=train");
        assertThat(result.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(result.lastError())
                .contains("has other classes than the training data: without [along], with [alone]; give it the same");
    }

    @Test
    void badImageEndsTheRunWithItsName() throws IOException {
        Path bad = Files.writeString(images.resolve("along").resolve("notes.jpg"), "no image");
        Commands.Result result = Commands.run("train", conf, "output=" + folder.resolve("run"), "steps=9");
        assertThat(result.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(result.lastError())
                .contains(
                        bad.toString(),
                        "is no JPEG",
                        "; remove it, or leave such images out with data.bad-images=skip");
    }

    @Test
    void badImageEndsAnEvaluationWithItsName() throws IOException {
        hash("run", "steps=1");
        Path bad = Files.writeString(images.resolve("along").resolve("notes.jpg"), "no image");
        Commands.Result result = Commands.run("evaluate", folder.resolve("run"), "split=train");
        assertThat(result.lastError()).contains(bad.toString(), "is no JPEG");
        assertThat(result.code()).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void namesMayHoldBlanksColonsAndUnderscores() throws IOException {
        String before = hash("before", "steps=2");
        Files.move(images.resolve("along"), images.resolve("along: a #2 50%"));
        Path across = images.resolve("across");
        Files.move(across.resolve("image-000.jpg"), across.resolve("_MG 0001.jpg"));
        assertThat(hash("after", "steps=2")).isEqualTo(before);
    }

    @Test
    void badImagesAreLeftOutAndListed() throws IOException {
        String whole = hash("whole");
        Path bad = Files.writeString(images.resolve("across").resolve("broken.png"), "no image");
        assertThat(hash("skipped", "data.bad-images=skip")).isEqualTo(whole);
        assertThat(Files.readAllLines(folder.resolve("skipped").resolve(RunFolder.BAD_IMAGES)))
                .singleElement()
                .asString()
                .startsWith("file:" + bad + ": image is no JPEG");
    }

    @Test
    void packLeavesBadImagesOutAndListsThem() throws IOException {
        Files.writeString(images.resolve("across").resolve("broken.png"), "no image");
        Commands.Result result = pack("packed", "parts=2", "resize-short-side=16");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).contains((2 * IMAGES) + " images in 2 files written to");
        Path packed = folder.resolve("packed");
        assertThat(Files.readAllLines(packed.resolve("_bad-images.txt"))).hasSize(1);
        try (var files = Files.list(packed)) {
            assertThat(files).noneMatch(file -> file.toString().endsWith(".crc"));
        }
        try (SparkSession spark = SparkSession.builder().getOrCreate()) {
            List<Row> rows =
                    spark.read().parquet(packed.toString()).orderBy("path").collectAsList();
            assertThat(rows).hasSize(2 * IMAGES);
            assertThat(rows).allMatch(row -> Math.min(row.<Integer>getAs("width"), row.<Integer>getAs("height")) == 16);
            assertThat(rows.get(0).<String>getAs("class")).isEqualTo("across");
            assertThat(rows.get(0).<Integer>getAs("label")).isZero();
            assertThat(rows.get(2 * IMAGES - 1).<Integer>getAs("label")).isEqualTo(1);
        }
        assertThat(pack("packed").lastError()).contains("is there already; name a new folder");
    }

    @Test
    void linksThatLeadNowhereAreRefusedOrListed() throws IOException {
        Path link = Files.createSymbolicLink(images.resolve("across").resolve("gone.jpg"), folder.resolve("gone.jpg"));
        assertRefused("steps=1", "gone.jpg is a link that leads nowhere; remove it, or leave such files out");
        assertThat(hash("skipped", "steps=1", "data.bad-images=skip")).isNotEmpty();
        assertThat(Files.readAllLines(folder.resolve("skipped").resolve(RunFolder.BAD_IMAGES)))
                .containsExactly("file:" + link + ": is a link that leads nowhere");
        Commands.Result result = pack("packed");
        assertThat(result.out()).contains((2 * IMAGES) + " images in 1 files written to", "; 1 bad ones left out");
        Files.createSymbolicLink(images.resolve("between"), folder.resolve("nowhere"));
        assertRefused("data.bad-images=skip", "between is a link that leads nowhere; remove it, or restore");
    }

    @Test
    void packWithNothingLeftIsRefused() throws IOException {
        Path bad = Files.createDirectories(folder.resolve("bad").resolve("across"));
        Files.writeString(bad.resolve("broken.png"), "no image");
        Commands.Result result =
                Commands.run("pack", "input=" + bad.getParent(), "output=" + folder.resolve("nothing"));
        assertThat(result.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(result.lastError()).contains("all 1 images of", "broken.png: image is no JPEG", "; check the data");
        assertThat(folder.resolve("nothing")).doesNotExist();
    }

    @Test
    void packThatFailsLeavesNothingThatLooksWhole() throws IOException {
        Files.writeString(images.resolve("across").resolve("broken.png"), "no image");
        Commands.Result result = pack("packed", "bad-images=fail");
        assertThat(result.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(result.lastError()).contains("broken.png: image is no JPEG");
        assertThat(folder.resolve("packed")).doesNotExist();
        Files.delete(images.resolve("across").resolve("broken.png"));
        assertThat(pack("packed").code()).isZero();
        assertThat(folder.resolve("packed")).isNotEmptyDirectory();
    }

    @Test
    void evaluateTellsTheClassesApart() throws IOException {
        hash("run", "steps=4", "data.augment=none", "data.validation=" + images);
        List<String> evaluations = Files.readAllLines(folder.resolve("run").resolve(RunFolder.EVALUATIONS));
        double loss = JSON.readTree(evaluations.get(evaluations.size() - 1))
                .get("loss")
                .asDouble();
        Commands.Result one = Commands.run("evaluate", folder.resolve("run"), "split=train");
        assertThat(one.code()).as(one.err()).isZero();
        assertThat(one.out())
                .contains("train                24")
                .contains("0 across")
                .contains("precision");
        assertThat(one.out()).contains(String.format(Locale.ROOT, " %.6f ", loss));
        Commands.Result all = Commands.run("evaluate", folder.resolve("run"), "split=train", "crops=144");
        assertThat(all.code()).as(all.err()).isZero();
        assertThat(all.out()).contains("train                24").isNotEqualTo(one.out());
    }

    @Test
    void predictionsAreInTheOrderOfThePaths() throws IOException {
        hash("run", "steps=2");
        Path unsorted = Files.createDirectories(folder.resolve("new"));
        Files.copy(images.resolve("along").resolve("image-003.jpg"), unsorted.resolve("b.jpg"));
        Files.copy(images.resolve("across").resolve("image-004.jpg"), unsorted.resolve("a.jpg"));
        Files.createDirectories(unsorted.resolve("along"));
        Files.copy(
                images.resolve("along").resolve("image-005.jpg"),
                unsorted.resolve("along").resolve("c.jpg"));
        Commands.Result result = Commands.run(
                "predict",
                folder.resolve("run"),
                "input=" + unsorted,
                "output=" + folder.resolve("predictions"),
                "format=csv");
        assertThat(result.code()).as(result.err()).isZero();
        List<String[]> rows = new ArrayList<>();
        try (var parts = Files.list(folder.resolve("predictions"))) {
            // Spark reads the largest file first, so its own reader would not show the order.
            for (Path part : parts.filter(file -> file.toString().endsWith(".csv"))
                    .sorted()
                    .toList()) {
                Files.readAllLines(part).stream().skip(1).forEach(line -> rows.add(line.split(",", -1)));
            }
        }
        assertThat(rows)
                .extracting(row -> Path.of(row[0]).getFileName().toString())
                .containsExactly("a.jpg", "c.jpg", "b.jpg");
        assertThat(rows).extracting(row -> row[1]).containsExactly("", "along", "");
        assertThat(rows).allMatch(row -> SampleImages.CLASSES.contains(row[2]));
    }

    @Test
    void oddDataIsUsedOrRefusedWithTheReason() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertRefused("data.train=" + empty, "holds no folders; name a folder with one per class");
        Files.createDirectories(empty.resolve("class"));
        assertRefused("data.train=" + empty, "hold no files; put images into them");
        assertRefused("data.train=" + folder.resolve("nowhere"), "is not there; check the path");
        Path single = Files.createDirectories(folder.resolve("single").resolve("class"));
        Files.copy(images.resolve("along").resolve("image-000.jpg"), single.resolve("image.jpg"));
        assertRefused("data.train=" + single.getParent(), "has only one class: there is nothing to tell apart");
        assertRefused("data.size=auto", "data.size is not set, and images of format image-folder have many sizes");
        assertRefused("data.format=parquet", "holds no .parquet files; name a folder that pack has written");
        assertRefused("data.largest-image=100", "more than the 100 of data.largest-image");
        assertThat(hash("fewer-than-slices", "slices=16", "batch-size=24", "steps=2"))
                .isNotEmpty();
    }

    private void assertRefused(String assignment, String message) {
        Commands.Result result = Commands.run("train", conf, "output=" + folder.resolve("refused"), assignment);
        assertThat(result.lastError()).contains(message);
        assertThat(result.code()).isEqualTo(ExitCode.REFUSED);
    }
}
