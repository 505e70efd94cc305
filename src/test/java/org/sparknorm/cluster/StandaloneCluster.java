package org.sparknorm.cluster;

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
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.testing.ScriptRun;

/** A master and workers as processes of their own, started as users start them, and the runs that are submitted to them. */
final class StandaloneCluster {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SCRIPT = "jobs/cluster";
    /** Test classes run in several JVMs at once, each with a cluster of its own. */
    private static final String NAME = System.getProperty("cluster.name", "tests");

    private static final Path STATE = Path.of("target", "cluster-" + NAME);
    private static final Path RUNS = Path.of("target", "cluster-runs-" + NAME);
    private static final long POLL_MILLIS = 20;

    private static StandaloneCluster shared;

    private final String master;
    private final Path folder;
    private final int slots;
    private int workers;

    /**
     * @param folder where runs are typed in and written
     * @param settings further arguments of jobs/cluster: cores, properties
     */
    StandaloneCluster(Path folder, int workers, String... settings) throws Exception {
        this.folder = folder;
        this.workers = workers;
        slots = workers * (settings.length == 0 ? 1 : Integer.parseInt(settings[0]));
        List<String> command = new ArrayList<>(List.of(SCRIPT, "--name", NAME, "start", Integer.toString(workers)));
        command.addAll(List.of(settings));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        master = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).isZero();
    }

    /**
     * The cluster of two workers of one core that test classes share, until {@link #stopShared} or the end of this JVM. A
     * test that kills a worker adds another. Its runs lie in {@link #RUNS}.
     */
    static synchronized StandaloneCluster shared() throws Exception {
        if (shared == null) {
            if (Files.exists(RUNS)) {
                ScriptRun.deleteFolder(RUNS);
            }
            shared = new StandaloneCluster(Files.createDirectories(RUNS).toAbsolutePath(), 2);
            Runtime.getRuntime().addShutdownHook(new Thread(StandaloneCluster::stopShared));
        }
        return shared;
    }

    /** Makes room for a cluster of other settings: there is one at a time. */
    static synchronized void stopShared() {
        if (shared == null) {
            return;
        }
        try {
            shared.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        shared = null;
    }

    void stop() throws Exception {
        script("stop");
    }

    /** One more, of one core. */
    void addWorker() throws Exception {
        script("add");
        workers++;
    }

    private static void script(String command) throws Exception {
        assertThat(new ProcessBuilder(SCRIPT, "--name", NAME, command)
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    /** A run that was submitted. */
    final class Run {
        private final Process driver;
        private final String name;

        private Run(Process driver, String name) {
            this.driver = driver;
            this.name = name;
        }

        Process driver() {
            return driver;
        }

        Path path(String file) {
            return folder.resolve(name).resolve(file);
        }

        String log() throws IOException {
            return Files.readString(folder.resolve(name + ".log"));
        }

        /** Steps that the log on disk holds. */
        long steps() throws IOException {
            Path steps = path(RunFolder.STEPS);
            if (!Files.exists(steps)) {
                return 0;
            }
            try (var lines = Files.lines(steps)) {
                return lines.count();
            }
        }

        /** Waits until the log on disk holds that many steps. */
        void awaitStep(long step) throws Exception {
            while (steps() < step) {
                assertThat(driver.isAlive()).as("%s", log()).isTrue();
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }

        void awaitLog(String text) throws Exception {
            while (!log().contains(text)) {
                assertThat(driver.isAlive()).as("%s", log()).isTrue();
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }

        void awaitFile(String file) throws Exception {
            while (!Files.exists(path(file))) {
                assertThat(driver.isAlive()).as("%s", log()).isTrue();
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }

        int exitCode() throws InterruptedException {
            return driver.waitFor();
        }

        /** Of a run that succeeded and wrote down each of its steps once. */
        String sha256() throws Exception {
            assertThat(exitCode()).as("%s", log()).isZero();
            JsonNode result = JSON.readTree(path(RunFolder.RESULT).toFile());
            assertThat(loggedSteps()).hasSize(result.get("steps").asInt());
            assertThat(steps()).isEqualTo(result.get("steps").asLong());
            return result.get("weightsSha256").asText();
        }

        int partitions() throws IOException {
            return JSON.readTree(path(RunFolder.RESULT).toFile())
                    .get("partitions")
                    .asInt();
        }

        private Set<Long> loggedSteps() throws IOException {
            Set<Long> steps = new TreeSet<>();
            for (String line : Files.readAllLines(path(RunFolder.STEPS))) {
                steps.add(JSON.readTree(line).get("step").asLong());
            }
            return steps;
        }
    }

    /**
     * On the slots that the cluster began with, once all of them are there.
     *
     * @param words options of spark-submit, then key=value
     */
    Run train(String name, String configuration, String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of("--total-executor-cores", Integer.toString(slots)));
        all.addAll(List.of(words));
        return trainOnWhatComes(name, configuration, all.toArray(String[]::new));
    }

    /** On the slots that are there when no more have come for some seconds. */
    Run trainOnWhatComes(String name, String configuration, String... words) throws IOException {
        Path conf = Files.writeString(folder.resolve(name + ".conf"), configuration);
        List<String> command = new ArrayList<>(List.of(new File("jobs/submit").getAbsolutePath(), "--master", master));
        List<String> assignments = new ArrayList<>();
        boolean isOption = true;
        for (int i = 0; i < words.length; i++) {
            isOption = isOption && (words[i].startsWith("--") || (i > 0 && words[i - 1].startsWith("--")));
            (isOption ? command : assignments).add(words[i]);
        }
        command.addAll(List.of("train", conf.getFileName().toString(), "output=" + name));
        command.addAll(assignments);
        Process driver = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(name + ".log").toFile()))
                .start();
        return new Run(driver, name);
    }

    /** Executors are the workers' children. */
    List<ProcessHandle> executors() throws IOException {
        List<ProcessHandle> executors = new ArrayList<>();
        for (int worker = 1; worker <= workers; worker++) {
            ProcessHandle.of(pid(worker))
                    .ifPresent(process -> process.children().forEach(executors::add));
        }
        return executors;
    }

    /** Kills a worker and, as the end of its machine would, its executors. */
    void killWorker(int number) throws IOException {
        ProcessHandle worker = ProcessHandle.of(pid(number)).orElseThrow();
        List<ProcessHandle> executors = worker.children().toList();
        worker.destroyForcibly();
        executors.forEach(ProcessHandle::destroyForcibly);
    }

    /** {@code kill -SIGNAL}. */
    static void signal(String signal, ProcessHandle process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static long pid(int worker) throws IOException {
        return Long.parseLong(
                Files.readString(STATE.resolve("worker-" + worker + ".pid")).strip());
    }
}
