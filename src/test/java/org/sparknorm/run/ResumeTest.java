package org.sparknorm.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.testing.Commands;
import org.sparknorm.testing.LocalMaster;

/** A run that goes on from a checkpoint ends with the bits of one that was never stopped; what cannot go on is refused. */
class ResumeTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(4);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HALF = "steps=20";

    @TempDir
    static Path folder;

    private static SmallRuns runs;
    /** What 40 steps without a stop give. */
    private static String undisturbed;
    /** A run of 20 steps, that is, of one epoch and three quarters. */
    private static Path half;

    @BeforeAll
    static void train() throws IOException {
        runs = new SmallRuns(folder);
        assertThat(train("undisturbed").code()).isZero();
        undisturbed = sha256("undisturbed");
        half = folder.resolve("half");
        assertThat(train("half", HALF, "partitions=3").code()).isZero();
    }

    private static Commands.Result train(String output, String... assignments) {
        return runs.train(output, assignments);
    }

    private static String sha256(String output) throws IOException {
        return runs.result(output).get("weightsSha256").asText();
    }

    /** A copy of the run of 20 steps without its end, as after a crash. */
    private static Path crashed(String name) throws IOException {
        Path copy = folder.resolve(name);
        try (var files = Files.walk(half)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(half.relativize(file).toString()));
            }
        }
        Files.delete(copy.resolve(RunFolder.RESULT));
        return copy;
    }

    private static Path checkpoint(Path run, int step) {
        return run.resolve("checkpoints").resolve("step-%08d".formatted(step));
    }

    private static List<Integer> steps(String output, String log) throws IOException {
        List<Integer> steps = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(output).resolve(log))) {
            steps.add(JSON.readTree(line).get("step").asInt());
        }
        return steps;
    }

    private static List<Integer> every(int distance) {
        List<Integer> steps = new ArrayList<>();
        for (int step = distance; step <= 40; step += distance) {
            steps.add(step);
        }
        return steps;
    }

    @Test
    void reportThatCannotBeWrittenDoesNotCostTheResult() throws IOException {
        Path run = crashed("no-report");
        Path report = run.resolve(RunFolder.REPORT);
        Files.deleteIfExists(report);
        Files.createDirectories(report.resolve("in the way"));
        Commands.Result resumed = train("no-report", "resume=latest");
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(sha256("no-report")).isEqualTo(undisturbed);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void otherPartitionsThanBeforeTheStop(int partitions) throws IOException {
        String output = "on-" + partitions;
        Path run = crashed(output);
        // The crash came between a checkpoint and the next, in the middle of a line.
        Files.writeString(
                run.resolve(RunFolder.STEPS),
                Files.readString(run.resolve(RunFolder.STEPS)) + "{\"step\":21,\"examples\":10,\"sec");
        // Another checkpoint was being written.
        Files.createDirectories(run.resolve("checkpoints/.step-00000021.tmp"));
        Commands.Result result = train(output, "resume=latest", "partitions=" + partitions);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).contains("going on from").contains("step 20");
        assertThat(sha256(output)).isEqualTo(undisturbed);
        assertThat(steps(output, RunFolder.STEPS)).isEqualTo(every(1));
        assertThat(steps(output, RunFolder.EVALUATIONS)).isEqualTo(every(5));
        assertThat(run.resolve("checkpoints/.step-00000021.tmp")).doesNotExist();
        assertThat(runs.result(output).get("examples"))
                .isEqualTo(runs.result("undisturbed").get("examples"));
    }

    @Test
    void earlierCheckpointIntoAnotherOutput() throws IOException {
        Commands.Result result = train("branch", "resume=" + checkpoint(half, 15));
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(sha256("branch")).isEqualTo(undisturbed);
        assertThat(steps("branch", RunFolder.STEPS)).isEqualTo(every(1));
        assertThat(checkpoint(half, 20)).isDirectory();
    }

    @Test
    void earlierCheckpointOfTheOutputItself() throws IOException {
        Path run = crashed("back");
        assertThat(train("back", "resume=" + checkpoint(run, 15)).code()).isZero();
        assertThat(sha256("back")).isEqualTo(undisturbed);
        assertThat(steps("back", RunFolder.STEPS)).isEqualTo(every(1));
    }

    /** Every byte of a checkpoint counts. */
    @ParameterizedTest
    @CsvSource({
        "cut,model.safetensors", "cut,optimizer.safetensors", "cut,state.json",
        "flip,model.safetensors", "flip,optimizer.safetensors", "flip,state.json",
        "lack,model.safetensors", "lack,optimizer.safetensors", "lack,state.json"
    })
    void damagedCheckpointIsPassedOverOrRefused(String damage, String file) throws IOException {
        String output = damage + "-" + file;
        Path newest = checkpoint(crashed(output), 20);
        damage(newest.resolve(file), damage);

        Commands.Result refused = train("elsewhere", "resume=" + newest);
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.lastError())
                .startsWith("error: ")
                .contains("step-00000020")
                .contains(file);
        assertThat(folder.resolve("elsewhere")).doesNotExist();

        Commands.Result passedOver = train(output, "resume=latest");
        assertThat(passedOver.code()).as(passedOver.err()).isZero();
        assertThat(passedOver.out()).contains("step-00000015, step 15");
        assertThat(sha256(output)).isEqualTo(undisturbed);
        assertThat(steps(output, RunFolder.STEPS)).isEqualTo(every(1));
    }

    private static void damage(Path file, String damage) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        switch (damage) {
            case "cut" -> Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));
            case "flip" -> {
                bytes[bytes.length * 2 / 3] ^= 4;
                Files.write(file, bytes);
            }
            default -> Files.delete(file);
        }
    }

    @Test
    void otherFormatIsNamed() throws IOException {
        Path state = checkpoint(crashed("format"), 20).resolve("state.json");
        ObjectNode json = (ObjectNode) JSON.readTree(state.toFile());
        Files.write(state, JSON.writeValueAsBytes(json.put("format", 2)));
        assertThat(train("elsewhere", "resume=" + state.getParent()).lastError())
                .contains("is of format 2, this version reads format 1");
        assertThat(train("format", "resume=latest").out()).contains("step-00000015, step 15");
    }

    @Test
    void noWholeCheckpointIsRefused() throws IOException {
        Path run = crashed("none-whole");
        Files.delete(checkpoint(run, 20).resolve("state.json"));
        Files.delete(checkpoint(run, 15).resolve("model.safetensors"));
        Commands.Result result = train("none-whole", "resume=latest");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.lastError()).contains("no checkpoint of").contains("is whole; start the run again");
        assertThat(steps("none-whole", RunFolder.STEPS)).hasSize(20);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            seed=2                                      | seed = 2, was 1
            batch-size=11                               | batch-size = 11, was 10
            model.hidden=[12,8]                         | model.hidden = [12, 8], was [12, 9]
            optimizer.clip-norm=none                    | optimizer.clip-norm = none, was 1.0
            model.activation=tanh                       | model.activation = tanh, was relu
            steps=10                                    | is of step 20, the run ends with step 10
            data.examples=120                           | data.examples = 120, was 115
            overwrite=true                              | would remove what resume
            """)
    void runWithAnotherResultIsRefused(String assignment, String message) throws IOException {
        for (String resume : List.of("latest", checkpoint(half, 20).toString())) {
            Commands.Result result = train("half", "resume=" + resume, assignment);
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.lastError()).contains(message);
        }
        assertThat(steps("half", RunFolder.STEPS)).hasSize(20);
    }

    @Test
    void scheduleThatDependsOnTheEndForbidsAnother() throws IOException {
        assertThat(train("cosine", "steps=10", "learning-rate.schedule=cosine").code())
                .isZero();
        assertThat(train("cosine", "steps=20", "learning-rate.schedule=cosine", "resume=latest")
                        .lastError())
                .contains("is of a run of 10 steps, this one has 20, on which learning-rate.schedule = cosine depends");
    }

    @Test
    void finishedRunEndsAtOnce() throws IOException {
        Path result = half.resolve(RunFolder.RESULT);
        byte[] before = Files.readAllBytes(result);
        Commands.Result again = train("half", HALF, "resume=latest");
        assertThat(again.code()).isZero();
        assertThat(again.out()).contains("is finished: 20 steps").doesNotContain("BLAS");
        assertThat(Files.readAllBytes(result)).isEqualTo(before);
    }

    @Test
    void nothingToGoOnFromIsSaid() throws IOException {
        assertThat(train("new", "resume=latest", "steps=2").out()).contains("the run starts at step 0");
        assertThat(train("new2", "resume=" + folder.resolve("nowhere/step-00000001"))
                        .lastError())
                .contains("step-00000001 is no whole checkpoint: it lacks state.json");
        // Killed before its first checkpoint.
        Files.createDirectories(folder.resolve("early"));
        Files.copy(
                half.resolve(RunFolder.CONFIGURATION), folder.resolve("early").resolve(RunFolder.CONFIGURATION));
        Files.copy(half.resolve(RunFolder.STEPS), folder.resolve("early").resolve(RunFolder.STEPS));
        assertThat(train("early", "resume=latest").code()).isZero();
        assertThat(sha256("early")).isEqualTo(undisturbed);
        assertThat(steps("early", RunFolder.STEPS)).isEqualTo(every(1));
    }

    @Test
    void newestAndBestAreKept() throws IOException {
        double best = 0;
        int bestStep = 0;
        for (String line : Files.readAllLines(folder.resolve("undisturbed").resolve(RunFolder.EVALUATIONS))) {
            JsonNode evaluation = JSON.readTree(line);
            if (evaluation.get("top1").asDouble() >= best) {
                best = evaluation.get("top1").asDouble();
                bestStep = evaluation.get("step").asInt();
            }
        }
        List<Path> kept = new ArrayList<>(
                List.of(checkpoint(folder.resolve("undisturbed"), 35), checkpoint(folder.resolve("undisturbed"), 40)));
        if (bestStep < 35) {
            kept.add(0, checkpoint(folder.resolve("undisturbed"), bestStep));
        }
        try (var files = Files.list(folder.resolve("undisturbed").resolve("checkpoints"))) {
            assertThat(files.sorted().toList()).isEqualTo(kept);
        }
    }
}
