package org.sparknorm.spark.source;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparknorm.config.RefusedException;

/** Opens the paths of the input, and refuses those that cannot be opened. */
public final class InputPath {
    private static final String CURE = "check the path";

    private InputPath() {}

    /** Reads from a path. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(FileSystem files, Path path) throws IOException;
    }

    /**
     * Reads from a path that the user gave.
     *
     * @param key of the configuration or the command line, for messages
     * @throws RefusedException if it is no path, does not exist, or cannot be read
     */
    public static <T> T read(String key, String path, Configuration hadoop, Reader<T> reader) {
        String named = key + " = " + path;
        try {
            Path opened = new Path(path);
            FileSystem files = opened.getFileSystem(hadoop);
            if (!files.exists(opened)) {
                throw new RefusedException(named + " is not there", CURE);
            }
            return reader.read(files, opened);
        } catch (IOException | UncheckedIOException e) {
            throw new RefusedException(named + " cannot be read: " + e.getMessage(), CURE);
        } catch (IllegalArgumentException e) { // thrown by Hadoop for what is no path
            throw new RefusedException(named + " is no path: " + e.getMessage(), CURE);
        }
    }

    /**
     * Reads on an executor from a file that the driver has found.
     *
     * @throws RefusedException if the executor does not find it
     */
    static <T> T readOnExecutor(String file, Configuration hadoop, Reader<T> reader) throws IOException {
        try {
            Path path = new Path(file);
            return reader.read(path.getFileSystem(hadoop), path);
        } catch (FileNotFoundException e) {
            throw new RefusedException(
                    file + " is not there on this executor", "put the data where all machines see it");
        }
    }
}
