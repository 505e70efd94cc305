package org.sparknorm.run.files;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.sparknorm.checkpoint.AppendableFile;
import org.sparknorm.report.EventFile;

/**
 * Writes the scalars and histograms of a run's logs for TensorBoard. A run that is continued begins a new file with the
 * lines that were kept, and the older file is removed.
 */
final class EventLog implements AutoCloseable {
    private final AppendableFile file;
    private final EventFile events;

    EventLog(RunFolder folder) throws IOException {
        double now = now();
        file = folder.openEvents((long) now);
        events = new EventFile(file, now);
    }

    /** Returns the seconds since 1970. */
    private static double now() {
        return System.currentTimeMillis() / 1000.0;
    }

    /** @param line a line of {@code steps.jsonl} */
    void step(Map<String, Object> line) {
        put("train/", List.of(LogFields.LOSS, LogFields.ACCURACY, LogFields.LEARNING_RATE), line);
    }

    /** @param line a line of {@code evaluations.jsonl} */
    void evaluation(Map<String, Object> line) {
        put(line.get(LogFields.SPLIT) + "/", List.of(LogFields.LOSS, LogFields.TOP1, LogFields.TOP5), line);
    }

    /** @param line a line of {@code percentiles.jsonl} */
    void percentiles(Map<String, Object> line) {
        List<String> members =
                LogFields.PERCENTILES.stream().map(LogFields::percentile).toList();
        put(line.get(LogFields.LAYER) + "." + line.get(LogFields.UNIT) + "/", members, line);
    }

    /** @param line a line of {@code histograms.jsonl} */
    void histogram(Map<String, Object> line) {
        events.histogram(line.get(LogFields.TAG).toString(), stepOf(line), now(), line);
    }

    /** Writes the members of a line that are finite; others are text in the line. */
    private void put(String prefix, List<String> members, Map<String, Object> line) {
        double seconds = now();
        for (String member : members) {
            double value = LogFields.number(line, member);
            if (Double.isFinite(value)) {
                events.scalar(prefix + member, stepOf(line), seconds, value);
            }
        }
    }

    private static long stepOf(Map<String, Object> line) {
        return (long) LogFields.number(line, LogFields.STEP);
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
