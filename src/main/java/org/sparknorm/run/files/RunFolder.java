package org.sparknorm.run.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparknorm.checkpoint.AppendableFile;
import org.sparknorm.checkpoint.AtomicFiles;
import org.sparknorm.checkpoint.CheckpointFolder;
import org.sparknorm.config.RefusedException;

/** The folder of a run, on any Hadoop file system. */
public final class RunFolder {
    public static final String CONFIGURATION = "run.conf";
    public static final String STEPS = "steps.jsonl";
    public static final String EVALUATIONS = "evaluations.jsonl";
    /** The folder of the file of events. */
    public static final String TENSORBOARD = "tensorboard";

    public static final String REPORT = "report.html";
    public static final String PERCENTILES = "percentiles.jsonl";
    public static final String HISTOGRAMS = "histograms.jsonl";
    public static final String MODEL = "model.safetensors";
    /** The model with the statistics that the command {@code population} computed. */
    public static final String POPULATION = "population.safetensors";

    public static final String RESULT = "result.json";
    /** Names of the classes in the order of their numbers, one per line. */
    public static final String CLASSES = "classes.txt";
    /** Images that were left out, {@code PATH: CAUSE}, one per line. */
    public static final String BAD_IMAGES = "bad-images.txt";

    private static final String CHECKPOINTS = "checkpoints";

    private final AtomicFiles whole;
    private final FileSystem files;
    private final Path folder;

    private RunFolder(AtomicFiles whole, Path folder) {
        this.whole = whole;
        this.files = whole.system();
        this.folder = folder;
    }

    public static RunFolder of(String path, Configuration hadoop) throws IOException {
        Path folder = new Path(path);
        return new RunFolder(AtomicFiles.of(folder, hadoop), folder);
    }

    /**
     * Checks that a new run can be written here. Changes nothing.
     *
     * @throws RefusedException if the folder holds a run and it must not be overwritten, or holds something else
     */
    public void checkFree(boolean overwrite) throws IOException {
        if (holdsRun()) {
            if (!overwrite) {
                throw new RefusedException(
                        "output = " + folder + " already holds a run",
                        "go on with it with resume=latest, name another output, or remove it with overwrite=true");
            }
            return;
        }
        if (!files.exists(folder)) {
            return;
        }
        if (!files.getFileStatus(folder).isDirectory()) {
            throw new RefusedException("output = " + folder + " is a file", "name a folder");
        }
        for (FileStatus file : files.listStatus(folder)) {
            if (!AtomicFiles.isTemporary(file.getPath().getName())) {
                throw new RefusedException(
                        "output = " + folder + " holds files that are no run's", "name an empty or new folder");
            }
        }
    }

    public boolean holdsRun() throws IOException {
        return files.exists(new Path(folder, CONFIGURATION));
    }

    /** Removes the run in the folder, if there is one, and writes the configuration. Call {@link #checkFree} before. */
    public void create(String configuration) throws IOException {
        if (holdsRun()) {
            files.delete(folder, true);
        }
        files.mkdirs(folder);
        writeConfiguration(configuration);
    }

    /** Prepares a folder whose run ends at a checkpoint for the steps after it. */
    public void reopen(String configuration, long step) throws IOException {
        files.delete(new Path(folder, RESULT), false);
        files.delete(new Path(folder, POPULATION), false);
        checkpoints().removeAfter(step);
        writeConfiguration(configuration);
    }

    private void writeConfiguration(String configuration) throws IOException {
        write(CONFIGURATION, out -> out.write(configuration.getBytes(StandardCharsets.UTF_8)));
    }

    public CheckpointFolder checkpoints() {
        return new CheckpointFolder(whole, new Path(folder, CHECKPOINTS));
    }

    /** Returns the folder of the run to which a checkpoint belongs; if there is none, the checkpoint itself. */
    public static Path runOf(Path checkpoint) {
        Path checkpoints = checkpoint.getParent();
        boolean isUsual = checkpoints != null && checkpoints.getName().equals(CHECKPOINTS);
        return isUsual ? checkpoints.getParent() : checkpoint;
    }

    /**
     * Opens a log.
     *
     * @param old folder of the run whose log is continued
     * @param kept selects the lines of that log to keep
     */
    AppendableFile openLog(String name, Path old, Predicate<String> kept) throws IOException {
        return new AppendableFile(whole, new Path(folder, name), new Path(old, name), kept);
    }

    /**
     * Opens a file of events for TensorBoard and removes older ones.
     *
     * @param seconds seconds since 1970, which are part of its name
     */
    AppendableFile openEvents(long seconds) throws IOException {
        Path events = new Path(folder, TENSORBOARD);
        files.delete(events, true);
        files.mkdirs(events);
        Path file = new Path(events, "events.out.tfevents." + seconds + ".sparknorm");
        return new AppendableFile(whole, file, file, line -> false);
    }

    /** Writes a file so that it is either whole or not there. */
    public void write(String name, AtomicFiles.Content content) throws IOException {
        whole.write(new Path(folder, name), content);
    }

    /** Writes a file of lines. */
    public void writeLines(String name, List<String> lines) throws IOException {
        String text = String.join("\n", lines) + (lines.isEmpty() ? "" : "\n");
        write(name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Returns the names of the classes; empty if the run does not know them. */
    public List<String> readClassNames() throws IOException {
        Path path = new Path(folder, CLASSES);
        if (!files.exists(path)) {
            return List.of();
        }
        return read(path).lines().toList();
    }

    /** @throws RefusedException if the folder holds no run */
    public String readConfiguration() throws IOException {
        Path path = new Path(folder, CONFIGURATION);
        if (!files.exists(path)) {
            throw new RefusedException(folder + " holds no run", "name the output folder of a run");
        }
        return read(path);
    }

    /** Returns the text of {@code result.json}, the last file of a run; null if it is not there yet. */
    public String readResult() throws IOException {
        Path path = new Path(folder, RESULT);
        return files.exists(path) ? read(path) : null;
    }

    private String read(Path path) throws IOException {
        try (InputStream in = files.open(path)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Returns the lines of a text file. */
    List<String> readLines(String name) throws IOException {
        return read(new Path(folder, name)).lines().toList();
    }

    public boolean has(String name) throws IOException {
        return files.exists(new Path(folder, name));
    }

    public Path path() {
        return folder;
    }

    public String path(String name) {
        return new Path(folder, name).toString();
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
