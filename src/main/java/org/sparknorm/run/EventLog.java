package org.sparknorm.run;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.sparknorm.checkpoint.AppendableFile;
import org.sparknorm.report.EventFile;

/**
 * The scalars and histograms of a run's logs once more, for TensorBoard. A run that goes on begins a file of its own, with
 * the lines that were kept in it; the one before is removed.
 */
final class EventLog implements AutoCloseable {
    private static final double MILLIS_A_SECOND = 1000;

    private final AppendableFile file;
    private final EventFile events;

    EventLog(RunFolder folder) throws IOException {
        double now = now();
        file = folder.openEvents((long) now);
        events = new EventFile(file, now);
    }

    private static double now() {
        return System.currentTimeMillis() / MILLIS_A_SECOND;
    }

    /** @param line of {@code steps.jsonl} */
    void step(Map<String, Object> line) {
        put("train/", List.of("loss", "accuracy", "learningRate"), line);
    }

    /** @param line of {@code evaluations.jsonl} */
    void evaluation(Map<String, Object> line) {
        put(line.get("split") + "/", List.of("loss", "top1", "top5"), line);
    }

    /** @param line of {@code percentiles.jsonl} */
    void percentiles(Map<String, Object> line) {
        List<String> members = PercentileRecorder.PERCENTILES.stream()
                .map(percent -> "p" + percent)
                .toList();
        put(line.get("layer") + "." + line.get("unit") + "/", members, line);
    }

    /** @param line of {@code histograms.jsonl} */
    void histogram(Map<String, Object> line) {
        long step = ((Number) line.get("step")).longValue();
        events.histogram(line.get(RunLog.TAG).toString(), step, now(), line);
    }

    /** What is not finite is text in the lines, and left out here. */
    private void put(String prefix, List<String> members, Map<String, Object> line) {
        long step = ((Number) line.get("step")).longValue();
        double seconds = now();
        for (String member : members) {
            if (line.get(member) instanceof Number value && Double.isFinite(value.doubleValue())) {
                events.scalar(prefix + member, step, seconds, value.doubleValue());
            }
        }
    }

    void flush() {
        events.flush();
    }

    void secure() throws IOException {
        file.secure();
    }

    @Override
    public void close() throws IOException {
        events.close();
    }
}
