package org.sparknorm.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.config.ConfigFiles;
import org.sparknorm.config.EarlyStoppingConfig;
import org.sparknorm.run.ExitCode;
import org.sparknorm.run.files.LogFields;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.testing.Commands;
import org.sparknorm.testing.LocalMaster;

/** Runs that end where their evaluations do not get better, and runs of averaged weights. */
class EarlyStoppingTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(2);

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void countsEvaluationsWithoutAGain() {
        EarlyStopping stopping = new EarlyStopping(config("evaluations=2", "least-gain=0.1"));
        for (double loss : new double[] {2, 1.95, 1.8}) { // the second gains too little
            stopping.take(new Evaluation(1, loss, 0, 0));
            assertThat(stopping.endsRun()).as("loss %s", loss).isFalse();
        }
        stopping.take(new Evaluation(1, Double.NaN, 0, 0));
        assertThat(stopping.endsRun()).isFalse();
        stopping.take(new Evaluation(1, 1.75, 0, 0));
        assertThat(stopping.endsRun()).isTrue();
    }

    @Test
    void measuresAccuracyIfAsked() {
        EarlyStopping stopping = new EarlyStopping(config("evaluations=1", "measure=top1"));
        stopping.take(new Evaluation(1, 2, 0.5, 1));
        stopping.take(new Evaluation(1, 3, 0.6, 1));
        assertThat(stopping.endsRun()).isFalse();
        stopping.take(new Evaluation(1, 1, 0.6, 1));
        assertThat(stopping.endsRun()).isTrue();
    }

    @Test
    void endsNeverUnlessAsked() {
        EarlyStopping stopping = new EarlyStopping(config("evaluations=0"));
        stopping.take(new Evaluation(1, 1, 0.5, 1));
        stopping.take(new Evaluation(1, 1, 0.5, 1));
        assertThat(stopping.endsRun()).isFalse();
    }

    /** At rate 0 the first evaluation is the only gain. */
    @Test
    void theRunEndsThereAndIsFinished() throws IOException {
        JsonNode result = train("early-stopping.evaluations=3");
        assertThat(result.get("steps").asInt()).isEqualTo(40);
        assertThat(result.get(LogFields.STOPPED_EARLY).asBoolean()).isTrue();
        assertThat(Files.readAllLines(folder.resolve("run").resolve(RunFolder.STEPS)))
                .hasSize(40);
        Commands.Result again = Commands.run(arguments("early-stopping.evaluations=3", "resume=latest"));
        assertThat(again.code()).isZero();
        assertThat(again.out()).contains("is finished");
    }

    @Test
    void moreStepsAreMadeWhereMoreIsAllowed() throws IOException {
        train("early-stopping.evaluations=3");
        JsonNode result = train("early-stopping.evaluations=5", "resume=latest");
        assertThat(result.get("steps").asInt()).isEqualTo(60);
    }

    @Test
    void needsValidationExamples() {
        Commands.Result result = Commands.run(arguments("early-stopping.evaluations=3", "data.validation-examples=0"));
        assertThat(result.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(result.lastError()).contains("early-stopping needs validation examples");
    }

    /** The weights that are trained are the same, and what is evaluated and written is not. */
    @Test
    void averagedWeightsAreWhatIsEvaluatedAndWritten() throws IOException {
        JsonNode plain = train("learning-rate.initial=0.1");
        List<String> losses = Files.readAllLines(folder.resolve("run").resolve(RunFolder.STEPS));
        JsonNode averaged = train("learning-rate.initial=0.1", "optimizer.average-decay=0.9", "overwrite=true");
        List<String> others = Files.readAllLines(folder.resolve("run").resolve(RunFolder.STEPS));
        assertThat(JSON.readTree(others.get(99)).get("loss"))
                .isEqualTo(JSON.readTree(losses.get(99)).get("loss"));
        assertThat(averaged.get("weightsSha256")).isNotEqualTo(plain.get("weightsSha256"));
        String output = folder.resolve("run").toString();
        Commands.Result evaluation = Commands.run("evaluate", output);
        assertThat(evaluation.out())
                .contains(String.format("%.6f", averaged.get("loss").asDouble()));
    }

    private JsonNode train(String... keys) throws IOException {
        Commands.Result result = Commands.run(arguments(keys));
        assertThat(result.code()).as(result.err()).isZero();
        return JSON.readTree(folder.resolve("run").resolve(RunFolder.RESULT).toFile());
    }

    private Object[] arguments(String... keys) {
        List<String> words = new ArrayList<>(List.of(
                "train",
                "conf/mnist-nobn.conf",
                "data.examples=200",
                "data.validation-examples=100",
                "batch-size=20",
                "slices=2",
                "steps=100",
                "evaluate-every=10",
                "learning-rate.initial=0",
                "output=" + folder.resolve("run")));
        words.addAll(List.of(keys));
        return words.toArray();
    }

    private static EarlyStoppingConfig config(String... keys) {
        List<String> assignments = new ArrayList<>(List.of("steps=1"));
        for (String key : keys) {
            assignments.add("early-stopping." + key);
        }
        return ConfigFiles.ofText("").with(assignments).toRunConfig().earlyStopping();
    }
}
