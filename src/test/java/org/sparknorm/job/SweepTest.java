package org.sparknorm.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.config.RefusedException;
import org.sparknorm.run.ExitCode;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.testing.Commands;
import org.sparknorm.testing.LocalMaster;

/** Many runs by one command. */
class SweepTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(2);

    private static final String RATES = "learning-rate.initial=0.1,0.3";
    private static final String NORMS = "model.norm=batch,none";

    @TempDir
    Path folder;

    @Test
    void everyCombinationOfTheValues() {
        SweepPlan plan = SweepPlan.of(List.of(RATES, "steps=10", "model.hidden=[5,5],[7]"), 0, 1);
        assertThat(plan.fixed()).containsExactly("steps=10");
        assertThat(plan.runs())
                .extracting(run -> String.join(" ", run.assignments()))
                .containsExactly(
                        "learning-rate.initial=0.1 model.hidden=[5,5]",
                        "learning-rate.initial=0.1 model.hidden=[7]",
                        "learning-rate.initial=0.3 model.hidden=[5,5]",
                        "learning-rate.initial=0.3 model.hidden=[7]");
        assertThat(plan.runs().get(0).name()).isEqualTo("learning-rate.initial=0.1,model.hidden=_5,5_");
    }

    @Test
    void draws() {
        List<String> keys = List.of("learning-rate.initial=1e-4..1:log", NORMS, "optimizer.momentum=0.5..0.9");
        SweepPlan plan = SweepPlan.of(keys, 200, 1);
        assertThat(plan.runs())
                .hasSize(200)
                .isEqualTo(SweepPlan.of(keys, 200, 1).runs());
        assertThat(plan.runs()).isNotEqualTo(SweepPlan.of(keys, 200, 2).runs());
        List<Double> rates = plan.runs().stream()
                .map(run -> Double.valueOf(run.values().get("learning-rate.initial")))
                .toList();
        assertThat(rates).allMatch(rate -> rate >= 1e-4 && rate <= 1);
        // Half of them below the middle of the logarithms: 100 of 200, give or take five deviations.
        assertThat(rates.stream().filter(rate -> rate < 1e-2).count()).isBetween(65L, 135L);
        assertThat(plan.runs())
                .extracting(run -> run.values().get("model.norm"))
                .contains("batch", "none");
    }

    @Test
    void saysWhatIsNoSweep() {
        assertThatThrownBy(() -> SweepPlan.of(List.of("steps=3"), 0, 1))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("no key has several values; ");
        assertThatThrownBy(() -> SweepPlan.of(List.of("learning-rate.initial=0.1..1"), 0, 1))
                .hasMessageContaining("say how many runs are drawn with trials=N");
        assertThatThrownBy(() -> SweepPlan.of(List.of("learning-rate.initial=1..0.1"), 3, 1))
                .hasMessageContaining("is no range");
        assertThatThrownBy(() -> SweepPlan.of(List.of("model.norm=batch,batch"), 0, 1))
                .hasMessageStartingWith("two runs are the same");
        Commands.Result refused = sweep("a", "model.norm=batch,btach");
        assertThat(refused.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(refused.lastError()).contains("btach");
        assertThat(folder.resolve("a")).doesNotExist();
    }

    @Test
    void goesOnWhereItWasStoppedAndRunsBesideEachOther() throws IOException {
        Commands.Result whole = sweep("whole", RATES, NORMS);
        assertThat(whole.code()).as(whole.err()).isZero();
        Commands.Result beside = sweep("beside", RATES, NORMS, "beside=2");
        assertThat(beside.code()).as(beside.err()).isZero();
        String table = table("whole");
        assertThat(table.lines().filter(line -> line.contains("batch") || line.contains("none")))
                .hasSize(4);
        assertThat(table("beside")).isEqualTo(table.replace("sweep whole", "sweep beside"));
        assertThat(folder.resolve("whole").resolve(RunFolder.REPORT)).exists();
        // As if it had been killed in the second run, behind its checkpoint of step 10.
        Path second = folder.resolve("whole").resolve("learning-rate.initial=0.1,model.norm=none");
        Files.delete(second.resolve(RunFolder.RESULT));
        delete(second.resolve("checkpoints").resolve("step-00000020"));
        delete(folder.resolve("whole").resolve("learning-rate.initial=0.3,model.norm=batch"));
        Commands.Result resumed = sweep("whole", RATES, NORMS);
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(resumed.out()).contains("run 1 of 4, learning-rate.initial=0.1,model.norm=batch: is finished");
        assertThat(resumed.out()).contains("step 10");
        assertThat(table("whole")).isEqualTo(table);
    }

    @Test
    void aRunThatDivergesDoesNotStopTheOthers() throws IOException {
        Commands.Result result = sweep("diverging", "learning-rate.initial=1e30,0.1", "model.norm=none");
        assertThat(result.code()).isEqualTo(ExitCode.FAILED);
        assertThat(result.lastError()).startsWith("error: 1 of 2 runs did not finish, learning-rate.initial=1e30");
        assertThat(table("diverging").lines().filter(line -> line.contains("failed")))
                .hasSize(1);
    }

    private String table(String name) throws IOException {
        return Files.readString(folder.resolve(name).resolve("sweep.txt"));
    }

    private Commands.Result sweep(String name, String... keys) {
        List<Object> words = new ArrayList<>(List.of(
                "sweep",
                "conf/mnist-bn.conf",
                "data.examples=200",
                "data.validation-examples=100",
                "batch-size=20",
                "slices=4",
                "steps=20",
                "evaluate-every=10",
                "checkpoint.every=10",
                "model.activation=relu",
                "output=" + folder.resolve(name)));
        words.addAll(List.of(keys));
        return Commands.run(words.toArray());
    }

    private static void delete(Path path) throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
