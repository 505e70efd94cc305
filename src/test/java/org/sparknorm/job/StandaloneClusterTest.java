package org.sparknorm.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs on a standalone cluster: master, two workers, driver and executors, each a process of its own. The jar reaches them
 * through spark-submit alone.
 */
@Timeout(600)
class StandaloneClusterTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CLUSTER = "jobs/cluster";
    private static final int STEPS_BEFORE_THE_KILL = 60;

    private static String master;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws Exception {
        List<String> command = List.of(CLUSTER, "start", "2");
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        master = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).isZero();
    }

    @AfterAll
    static void stop() throws Exception {
        assertThat(new ProcessBuilder(CLUSTER, "stop").inheritIO().start().waitFor())
                .isZero();
    }

    @Test
    void clusterGivesTheBitsOfThreads() throws Exception {
        for (String run : List.of(BitsTest.BATCH_60, BitsTest.BATCH_100)) {
            assertThat(sha256(await(submit(run, "bits"), "bits"))).isEqualTo(Runs.sha256OnThreads(Runs.config(run), 2));
            deleteRun("bits");
        }
    }

    @Test
    void killedExecutorDoesNotShow() throws Exception {
        String run = BitsTest.BATCH_60;
        Process process = submit(run, "killed");
        Path steps = folder.resolve("killed").resolve(RunFolder.STEPS);
        while (process.isAlive() && lines(steps) < STEPS_BEFORE_THE_KILL) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        ProcessHandle executor = executors().get(0);
        assertThat(executor.destroyForcibly()).isTrue();
        JsonNode result = await(process, "killed");
        assertThat(sha256(result)).isEqualTo(Runs.sha256OnThreads(Runs.config(run), 2));
        assertThat(lines(steps)).isEqualTo(300);
        assertThat(Files.readString(folder.resolve("killed.log"))).contains("try 2 of 4 follows");
    }

    @Test
    void driverOnTheClusterGetsTheConfigurationSentAlong() throws Exception {
        String run = BitsTest.BATCH_60 + "\nsteps = 20";
        Process process = submit(
                run, "sent", "--deploy-mode", "cluster", "--driver-memory", "512m", "--total-executor-cores", "1");
        assertThat(sha256(await(process, "sent"))).isEqualTo(Runs.sha256OnThreads(Runs.config(run), 2));
    }

    @Test
    void morePartitionsThanSlotsAreRefusedAtOnce() throws Exception {
        Process process = submit(BitsTest.BATCH_60 + "\npartitions = 3, slots-timeout = 15s", "slots");
        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(Files.readString(folder.resolve("slots.log")))
                .contains("error: partitions = 3, but only 2 tasks can run at once");
        assertThat(folder.resolve("slots")).doesNotExist();
    }

    private Process submit(String configuration, String name, String... options) throws IOException {
        Path conf = Files.writeString(folder.resolve(name + ".conf"), configuration);
        List<String> command = new ArrayList<>(List.of(new File("jobs/submit").getAbsolutePath(), "--master", master));
        command.addAll(List.of(options));
        command.addAll(List.of("train", conf.getFileName().toString(), "output=" + name));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
    }

    private JsonNode await(Process process, String name) throws Exception {
        int code = process.waitFor();
        assertThat(code)
                .as("%s", Files.readString(folder.resolve(name + ".log")))
                .isZero();
        return JSON.readTree(folder.resolve(name).resolve(RunFolder.RESULT).toFile());
    }

    private static String sha256(JsonNode result) {
        return result.get("weightsSha256").asText();
    }

    /** Executors are the workers' children. */
    private static List<ProcessHandle> executors() throws IOException {
        List<ProcessHandle> executors = new ArrayList<>();
        for (String worker : List.of("worker-1", "worker-2")) {
            String pid = Files.readString(Path.of("target", "cluster", worker + ".pid"));
            ProcessHandle.of(Long.parseLong(pid.strip()))
                    .orElseThrow()
                    .children()
                    .forEach(executors::add);
        }
        return executors;
    }

    private static long lines(Path file) throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        try (var lines = Files.lines(file)) {
            return lines.count();
        }
    }

    private void deleteRun(String name) throws IOException {
        try (var files = Files.walk(folder.resolve(name))) {
            for (Path path :
                    files.sorted((left, right) -> right.compareTo(left)).toList()) {
                Files.delete(path);
            }
        }
    }
}
