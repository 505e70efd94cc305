package org.sparknorm.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.report.JsonLines;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.testing.Commands;
import org.sparknorm.testing.LocalMaster;

/** Where {@code steps.jsonl} says that the time of a step went. */
class StepTimesTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(2);

    /** Of sums of six numbers that are whole nanoseconds. */
    private static final double TOLERANCE = 1e-8;

    @TempDir
    Path folder;

    private List<Map<String, Object>> steps(String partitions) throws IOException {
        Path conf = Files.writeString(folder.resolve("small.conf"), """
                data { examples = 400, validation-examples = 0 }
                slices = 4, steps = 30
                """);
        Commands.Result result =
                Commands.run("train", conf, "output=" + folder.resolve("run"), "overwrite=true", partitions);
        assertThat(result.code()).as(result.err()).isZero();
        return Files.readAllLines(folder.resolve("run").resolve(RunFolder.STEPS)).stream()
                .map(JsonLines::read)
                .toList();
    }

    private static double part(Map<String, Object> step, String name) {
        return ((Number) ((Map<?, ?>) step.get("secondsOf")).get(name)).doubleValue();
    }

    @Test
    void partsAddUpToTheStep() throws IOException {
        List<Map<String, Object>> together = steps("partitions=2");
        assertThat(together).hasSize(30).allSatisfy(step -> {
            double sum = 0;
            for (Object seconds : ((Map<?, ?>) step.get("secondsOf")).values()) {
                assertThat((double) seconds).isNotNegative();
                sum += (double) seconds;
            }
            assertThat(sum).isCloseTo((double) step.get("seconds"), within(TOLERANCE));
        });
        for (String name :
                List.of("input", "compute", "statistics", "broadcast", "scheduling", "aggregation", "optimizer")) {
            assertThat(together.stream().mapToDouble(step -> part(step, name)).sum())
                    .as(name)
                    .isPositive();
        }
    }

    /** What is left in one task is a change of threads. */
    @Test
    void aTaskAloneHardlyWaits() throws IOException {
        List<Map<String, Object>> alone = steps("partitions=1");
        double statistics =
                alone.stream().mapToDouble(step -> part(step, "statistics")).sum();
        double compute =
                alone.stream().mapToDouble(step -> part(step, "compute")).sum();
        assertThat(statistics).isLessThan(compute);
    }
}
