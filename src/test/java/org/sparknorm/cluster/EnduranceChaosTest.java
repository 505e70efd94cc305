package org.sparknorm.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.testing.Runs;

/** Five thousand steps with failures leave nothing behind in the driver: no memory, no threads. */
class EnduranceChaosTest {
    private static final int STEPS = 5000;
    private static final int FAILURE_EVERY = 400;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @TempDir
    Path folder;

    private StandaloneCluster cluster;

    @AfterEach
    void stop() throws Exception {
        System.out.println("seed " + seed);
        cluster.stop();
    }

    /**
     * What the driver holds: bytes of the heap after a collection, and the names of the threads of Java, sorted. Those of
     * the compiler and of the collector come and go as the JVM likes.
     */
    private record Holding(long bytes, List<String> threads) {
        static Holding of(Process process) throws Exception {
            List<String> histogram = jcmd(process, "GC.class_histogram");
            String[] total = histogram.get(histogram.size() - 1).strip().split("\\s+", -1);
            List<String> threads = jcmd(process, "Thread.print").stream()
                    .filter(line -> line.startsWith("\"") && line.contains("\" #"))
                    .map(line -> line.substring(1, line.indexOf("\" #")))
                    .filter(name -> !name.contains("CompilerThread"))
                    .sorted()
                    .toList();
            return new Holding(Long.parseLong(total[2]), threads);
        }

        private static List<String> jcmd(Process process, String command) throws Exception {
            Process jcmd = new ProcessBuilder("jcmd", Long.toString(process.pid()), command).start();
            return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .strip()
                    .lines()
                    .toList();
        }

        @Override
        public String toString() {
            return bytes + " bytes, " + threads.size() + " threads";
        }
    }

    @Test
    void failuresLeaveNothingBehind() throws Exception {
        cluster = new StandaloneCluster(folder, 2);
        String configuration = Runs.BATCH_60 + "\ncheckpoint.every = 250\nsteps = " + STEPS;
        StandaloneCluster.Run run = cluster.train("long", configuration);
        Holding early = null;
        Holding late = null;
        for (int step = FAILURE_EVERY; step < STEPS - FAILURE_EVERY; step += FAILURE_EVERY) {
            run.awaitStep(step + random.nextInt(FAILURE_EVERY / 2));
            late = Holding.of(run.driver());
            System.out.printf("step %d: %s%n", run.steps(), late);
            if (early == null && step >= 1000) {
                early = late;
            }
            List<ProcessHandle> executors = cluster.executors();
            executors.get(random.nextInt(executors.size())).destroyForcibly();
        }
        assertThat(run.sha256()).isEqualTo(Runs.sha256OnThreads(Runs.config(configuration), 2));
        assertThat((double) late.bytes()).isLessThan(1.05 * early.bytes());
        assertThat(late.threads())
                .as("%s, and before %s", late, early)
                .hasSizeLessThanOrEqualTo(early.threads().size());
    }
}
