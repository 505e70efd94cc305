package org.sparknorm.job.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sparknorm.testing.Commands;
import org.sparknorm.testing.LocalMaster;

/** The benchmarks report where the time of a step goes. */
class BenchCostTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(2);

    private static String out(String... arguments) {
        Commands.Result result = Commands.run((Object[]) arguments);
        assertThat(result.code()).as(result.err()).isZero();
        return result.out();
    }

    @Test
    void partsOfAStepAndWaitsOfLayers() {
        String out = out(
                "bench",
                "cost",
                "batch-size=20",
                "slices=4",
                "steps-per-job=5",
                "--size",
                "6",
                "--channels",
                "1",
                "--classes",
                "3",
                "--steps",
                "20",
                "--warmup",
                "5");
        assertThat(out)
                .contains("mlp with 24,503 weights, batch 20, steps-per-job 5: 20 steps after 5")
                .containsPattern("input +compute +statistics +broadcast +scheduling +aggregation +optimizer +all")
                .containsPattern("bn3 +[0-9.]+ +[0-9.]+");
    }

    @Test
    void modelBesideWhatWasMeasured() {
        String out = out(
                "bench",
                "model",
                "batch-size=8",
                "--size",
                "6",
                "--channels",
                "1",
                "--classes",
                "3",
                "--steps",
                "5",
                "--warmup",
                "2",
                "--tasks",
                "1,2,4",
                "--executors",
                "1,50");
        assertThat(out)
                .containsPattern("as given +24,503 +4 +[0-9.]+ +[0-9.]+ +[+-][0-9.]+ %")
                .containsPattern("50 +[0-9.]+ +[0-9.]+ +0\\.[0-9]+");
    }
}
