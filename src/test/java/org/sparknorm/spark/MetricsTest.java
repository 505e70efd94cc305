package org.sparknorm.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.job.Main;
import org.sparknorm.run.files.RunFolder;
import org.sparknorm.testing.LocalMaster;

/** The Prometheus endpoint of Spark's own pages while a run goes on. */
class MetricsTest {
    @RegisterExtension
    static final LocalMaster MASTER = new LocalMaster(2);

    private static final String PAGES = "spark.ui.enabled";
    private static final String PORT = "spark.ui.port";
    private static final Pattern GAUGE = Pattern.compile("_sparknorm_(\\w+)_Value\\{[^}]*} (\\S+)");
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Gauges are read one after the other, while steps go on. */
    private static final int LATE_STEPS = 20;

    private static final long PAUSE_MILLIS = 10;

    @TempDir
    Path folder;

    @Test
    void theEndpointShowsTheFiguresOfTheLog() throws Exception {
        int port = freePort();
        System.setProperty(PAGES, "true");
        System.setProperty(PORT, Integer.toString(port));
        List<Map<String, Double>> samples = new ArrayList<>();
        try {
            CompletableFuture<Integer> run = CompletableFuture.supplyAsync(this::train);
            while (!run.isDone()) {
                Map<String, Double> gauges = read(port);
                if (gauges.getOrDefault("validationTop1", Double.NaN) >= 0) {
                    samples.add(gauges);
                }
                Thread.sleep(PAUSE_MILLIS);
            }
            assertThat(run.get()).isZero();
        } finally {
            System.clearProperty(PORT);
            System.setProperty(PAGES, "false");
        }
        assertThat(samples).isNotEmpty();
        List<JsonNode> steps = lines(RunFolder.STEPS);
        List<JsonNode> evaluations = lines(RunFolder.EVALUATIONS);
        long exact = 0;
        for (Map<String, Double> sample : samples) {
            int at = sample.get("step").intValue() - 1;
            assertThat(steps.subList(Math.max(0, at - LATE_STEPS), Math.min(steps.size(), at + LATE_STEPS)))
                    .extracting(line -> line.get("loss").asDouble())
                    .contains(sample.get("loss"));
            assertThat(evaluations)
                    .extracting(line -> line.get("top1").asDouble())
                    .contains(sample.get("validationTop1"));
            exact += shows(sample, steps.get(at)) ? 1 : 0;
        }
        assertThat(exact).as("samples that are of one step").isPositive();
    }

    /** Whether all gauges are of that line of {@code steps.jsonl}. */
    private static boolean shows(Map<String, Double> sample, JsonNode line) {
        double seconds = line.get("seconds").asDouble();
        return sample.get("loss") == line.get("loss").asDouble()
                && sample.get("accuracy") == line.get("accuracy").asDouble()
                && sample.get("learningRate") == line.get("learningRate").asDouble()
                && sample.get("secondsAStep") == seconds
                && sample.get("stepsPerSecond") == 1 / seconds
                && sample.get("imagesPerSecond") == line.get("examples").asLong() / seconds
                && sample.get("secondsWaitingForStatistics")
                        == line.get("secondsOf").get("statistics").asDouble();
    }

    private int train() {
        return Main.run(
                "train",
                "conf/mnist-bn.conf",
                "data.examples=2000",
                "data.validation-examples=100",
                "slices=2",
                "steps=300",
                "evaluate-every=50",
                "output=" + folder.resolve("run"));
    }

    private List<JsonNode> lines(String file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("run").resolve(file))) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static Map<String, Double> read(int port) throws Exception {
        Map<String, Double> gauges = new HashMap<>();
        URI uri = URI.create("http://localhost:" + port + "/metrics/prometheus/");
        try {
            String page = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            Matcher matcher = GAUGE.matcher(page);
            while (matcher.find()) {
                gauges.put(matcher.group(1), Double.parseDouble(matcher.group(2)));
            }
            return gauges;
        } catch (ConnectException e) {
            return gauges; // Spark is not up yet, or no longer
        }
    }
}
