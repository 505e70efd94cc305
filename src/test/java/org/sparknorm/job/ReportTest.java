package org.sparknorm.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.config.RefusedException;
import org.sparknorm.testing.Commands;
import org.w3c.dom.Document;

/** Command {@code report}, on logs written by hand. */
class ReportTest {
    @TempDir
    Path folder;

    private Path plain;
    private Path normalized;

    @BeforeEach
    void runs() throws Exception {
        plain = run("plain", "model.norm = none\nsteps = 4", 0.5, 0.25);
        normalized = run("bn", "model.norm = batch\nsteps = 4", 0.75, 0.5);
    }

    /** Four steps of 30 seconds and 60 examples; evaluations after two and after four. */
    private Path run(String name, String configuration, double early, double late) throws IOException {
        Path run = Files.createDirectories(folder.resolve(name));
        Files.writeString(run.resolve("run.conf"), configuration);
        List<String> steps = new ArrayList<>();
        for (int step = 1; step <= 4; step++) {
            steps.add(("{\"step\":%d,\"epoch\":0,\"examples\":60,\"loss\":%s,\"accuracy\":0.5,\"learningRate\":0.1,"
                            + "\"seconds\":30.0,\"secondsOf\":{\"input\":1.0,\"compute\":%s,\"statistics\":2.0,"
                            + "\"broadcast\":0.5,\"aggregation\":0.25,\"optimizer\":0.125}}")
                    .formatted(step, step == 3 ? "\"NaN\"" : 2.0 / step, 20.0 + step));
        }
        Files.write(run.resolve("steps.jsonl"), steps);
        Files.write(
                run.resolve("evaluations.jsonl"),
                List.of(
                        "{\"step\":2,\"split\":\"validation\",\"examples\":8,\"loss\":1.5,\"top1\":" + early + "}",
                        "{\"step\":4,\"split\":\"validation\",\"examples\":8,\"loss\":1.0,\"top1\":" + late + "}",
                        "{\"step\":6,\"spl"));
        Files.write(
                run.resolve("percentiles.jsonl"),
                List.of(
                        "{\"step\":2,\"layer\":\"bn3\",\"unit\":7,\"p15\":-1.0,\"p50\":0.0,\"p85\":1.0}",
                        "{\"step\":4,\"layer\":\"bn3\",\"unit\":7,\"p15\":-2.0,\"p50\":0.5,\"p85\":3.0}"));
        Files.writeString(run.resolve("result.json"), "{\"weightsSha256\":\"0123456789abcdef\"}");
        return run;
    }

    private String report(Object... more) throws IOException {
        List<Object> arguments =
                new ArrayList<>(List.of("report", plain, normalized, "output=" + folder.resolve("r.html")));
        arguments.addAll(List.of(more));
        Commands.Result result = Commands.run(arguments.toArray());
        assertThat(result.code()).as(result.err()).isZero();
        return Files.readString(folder.resolve("r.html"));
    }

    private static List<String> rows(String html, String first) {
        List<String> rows = new ArrayList<>();
        Matcher row = Pattern.compile("<tr><td>" + Pattern.quote(first) + "</td>(.*?)</tr>")
                .matcher(html);
        while (row.find()) {
            rows.add(row.group(1).replaceAll("</td><td>", "|").replaceAll("</?td>", ""));
        }
        return rows;
    }

    @Test
    void tablesHaveTheFiguresOfTheLogs() throws IOException {
        String html = report();
        assertThat(rows(html, "plain")).contains("4|50.00 %|25.00 %|50.00 %|2|2.0|2|0123456789ab", "2");
        assertThat(rows(html, "bn")).contains("4|50.00 %|50.00 %|75.00 %|2|2.0|2|0123456789ab", "2");
        assertThat(rows(html, "model.norm")).containsExactly("none|batch");
        assertThat(rows(html, "steps")).isEmpty();
        assertThat(rows(report("accuracies=0.6,0.2"), "plain")).contains("–|2");
    }

    /** As it was before scheduling was told apart. */
    @Test
    void timeOfAStepIsSplitAndAddsUp() throws Exception {
        assertThat(rows(report(), "plain")).contains("1000.00|23500.00|2000.00|500.00|0.00|250.00|125.00|27375.00");
        Document svg = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(folder.resolve("r-time-bn.svg").toFile());
        assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(7);
    }

    @Test
    void tablesArePrinted() {
        Commands.Result result = Commands.run("report", plain, normalized, "output=" + folder.resolve("r.html"));
        assertThat(result.out()).contains("""
                        Steps to an accuracy on validation
                        run    to 50.00 %
                        plain           2
                        bn              2
                        """).endsWith("report written to file:" + folder.resolve("r.html") + "\n");
    }

    @Test
    void namesAreAsLongAsTheyMustBe() {
        assertThat(ReportCommand.names(List.of("file:/r/a/x", "file:/r/b/y"))).containsExactly("x", "y");
        assertThat(ReportCommand.names(List.of("file:/r/a/x", "file:/r/b/x", "file:/r/b/y")))
                .containsExactly("a/x", "b/x", "b/y");
    }

    @Test
    void runThatDivergedSaysSo() throws IOException {
        Files.writeString(plain.resolve("result.json"), "{\"weightsSha256\":\"0123456789abcdef\",\"divergedAt\":3}");
        assertThat(rows(report(), "plain")).anyMatch(row -> row.startsWith("4, diverged at 3|"));
    }

    @Test
    void pageNeedsNothingElse() throws IOException {
        String html = report().replace("http://www.w3.org/2000/svg", "the name of SVG");
        assertThat(html).doesNotContain("http://", "https://", "<script", "<link", "url(");
    }

    @Test
    void picturesAreWholeAndHoldTheirPoints() throws Exception {
        report("scale=log");
        for (String picture : List.of(
                "loss",
                "accuracy",
                "validation",
                "validation-loss",
                "validation-time",
                "learning-rate",
                "percentiles-bn")) {
            Path file = folder.resolve("r-" + picture + ".svg");
            Document svg =
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
            assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
            assertThat(svg.getElementsByTagName("polyline").getLength()).isPositive();
            assertInside(svg);
        }
        Document loss = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(folder.resolve("r-loss.svg").toFile());
        String points = loss.getElementsByTagName("polyline")
                .item(0)
                .getAttributes()
                .getNamedItem("points")
                .getNodeValue();
        assertThat(points.split(" ", -1))
                .as("the step that was not a number is left out")
                .hasSize(3);
    }

    /** No text begins or ends outside the picture, if a character is 7.2 pixels wide. */
    private static void assertInside(Document svg) {
        var texts = svg.getElementsByTagName("text");
        for (int i = 0; i < texts.getLength(); i++) {
            var attributes = texts.item(i).getAttributes();
            if (attributes.getNamedItem("transform") != null) {
                continue;
            }
            double x = Double.parseDouble(attributes.getNamedItem("x").getNodeValue());
            double width = 7.2 * texts.item(i).getTextContent().length();
            var anchor = attributes.getNamedItem("text-anchor");
            double share = anchor == null ? 0 : anchor.getNodeValue().equals("end") ? 1 : 0.5;
            assertThat(x - share * width).isGreaterThanOrEqualTo(0);
            assertThat(x + (1 - share) * width).isLessThanOrEqualTo(640);
        }
    }

    @Test
    void whatIsNoRunIsRefused() {
        assertRefused("holds no run; name the output folder of a run", folder.resolve("nowhere"));
        assertRefused("is no page; let it end with .html", plain, "output=r.pdf");
        assertRefused("scale = cubic is none of linear, log", plain, "scale=cubic");
        assertRefused("accuracies = 0.5,70 has 70, which is no share", plain, "accuracies=0.5,70");
        assertRefused("no run is given", "scale=log");
    }

    @Test
    void runsThatCannotBeToldApartAreRefused() {
        assertRefused("plain is given twice; name each run once", plain, normalized, plain + "/");
        assertSamePictures("file:/r/x/1/2/3/4/5/6/7/8", "file:/q/x/1/2/3/4/5/6/7/8");
        assertSamePictures("file:/r/z", "file:/r/x-y/z", "file:/r/x/y-z"); // z is the end of two, x-y-z the picture
    }

    private static void assertSamePictures(String... folders) {
        assertThatThrownBy(() -> ReportCommand.names(List.of(folders)))
                .isInstanceOf(RefusedException.class)
                .hasMessage("pictures of two runs would have the same name; "
                        + "rename the folder of one of them, or write a report of its own for it");
    }

    private static void assertRefused(String error, Object... arguments) {
        Object[] words = new Object[arguments.length + 1];
        words[0] = "report";
        System.arraycopy(arguments, 0, words, 1, arguments.length);
        Commands.Result result = Commands.run(words);
        assertThat(result.lastError()).contains(error);
        assertThat(result.code()).isEqualTo(2);
    }
}
