package org.sparknorm.run.files;

import java.io.IOException;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;
import org.sparknorm.checkpoint.AppendableFile;
import org.sparknorm.report.JsonLines;

/** A log of a run: a file of JSON objects, one per line. */
final class LogFile implements AutoCloseable {
    private final AppendableFile file;
    private final JsonLines lines;

    /**
     * Opens a log that begins with lines of an older one.
     *
     * @param old folder of the run whose log the lines come from; that log need not exist
     * @param kept selects the lines to keep; a line that was cut off has no members
     */
    LogFile(RunFolder folder, String name, Path old, Predicate<Map<String, Object>> kept) throws IOException {
        file = folder.openLog(name, old, line -> kept.test(JsonLines.read(line)));
        lines = new JsonLines(file);
    }

    void write(Map<String, Object> line) {
        lines.write(line);
    }

    void flush() {
        lines.flush();
    }

    /** See {@link AppendableFile#secure}. */
    void secure() throws IOException {
        file.secure();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
