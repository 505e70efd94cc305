package org.sparknorm.job;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparknorm.config.RefusedException;

/** The folder of a run, on any Hadoop file system. Files that must be whole are written under another name and renamed. */
final class RunFolder {
    static final String CONFIGURATION = "run.conf";
    static final String STEPS = "steps.jsonl";
    static final String EVALUATIONS = "evaluations.jsonl";
    static final String MODEL = "model.safetensors";
    static final String RESULT = "result.json";
    /** Names of the classes in the order of their numbers, a line each. */
    static final String CLASSES = "classes.txt";
    /** Images that were left out, {@code PATH: CAUSE}, a line each. */
    static final String BAD_IMAGES = "bad-images.txt";

    private final FileSystem files;
    private final Path folder;

    private RunFolder(FileSystem files, Path folder) {
        this.files = files;
        this.folder = folder;
    }

    static RunFolder of(String path, Configuration hadoop) throws IOException {
        Path folder = new Path(path);
        FileSystem files = folder.getFileSystem(hadoop);
        // No .crc files beside ours on a local disk.
        files.setWriteChecksum(false);
        return new RunFolder(files, folder);
    }

    /**
     * Whether a run can be written here. Changes nothing.
     *
     * @throws RefusedException if the folder holds a run and it must not be overwritten, or holds something else
     */
    void checkFree(boolean overwrite) throws IOException {
        if (!files.exists(folder)) {
            return;
        }
        if (!files.getFileStatus(folder).isDirectory()) {
            throw new RefusedException("output = " + folder + " is a file", "name a folder");
        }
        boolean holdsRun = files.exists(new Path(folder, CONFIGURATION));
        if (holdsRun && !overwrite) {
            throw new RefusedException(
                    "output = " + folder + " already holds a run",
                    "name another output, or remove it with overwrite=true");
        }
        FileStatus[] content = files.listStatus(folder);
        if (!holdsRun && content.length > 0) {
            throw new RefusedException(
                    "output = " + folder + " holds files that are no run's", "name an empty or new folder");
        }
    }

    /** Makes the folder anew, with the configuration in it. Call {@link #checkFree} before. */
    void create(String configuration) throws IOException {
        if (files.exists(new Path(folder, CONFIGURATION))) {
            files.delete(folder, true);
        }
        files.mkdirs(folder);
        write(CONFIGURATION, out -> out.write(configuration.getBytes(StandardCharsets.UTF_8)));
    }

    OutputStream openLog(String name) throws IOException {
        return new BufferedOutputStream(files.create(new Path(folder, name), true));
    }

    /** What fills a file. */
    @FunctionalInterface
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes a file that is either whole or not there. */
    void write(String name, Content content) throws IOException {
        Path temporary = new Path(folder, "." + name + ".tmp");
        try (OutputStream out = new BufferedOutputStream(files.create(temporary, true))) {
            content.writeTo(out);
        }
        if (!files.rename(temporary, new Path(folder, name))) {
            throw new IOException(temporary + " cannot be renamed to " + name);
        }
    }

    /** Writes a file of lines. */
    void writeLines(String name, List<String> lines) throws IOException {
        String text = String.join("\n", lines) + (lines.isEmpty() ? "" : "\n");
        write(name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Names of the classes; empty where the run does not know them. */
    List<String> readClassNames() throws IOException {
        Path path = new Path(folder, CLASSES);
        if (!files.exists(path)) {
            return List.of();
        }
        try (var in = files.open(path)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    /** @throws RefusedException if there is none */
    String readConfiguration() throws IOException {
        Path path = new Path(folder, CONFIGURATION);
        if (!files.exists(path)) {
            throw new RefusedException(folder + " holds no run", "name the output folder of a run");
        }
        try (var in = files.open(path)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    String path(String name) {
        return new Path(folder, name).toString();
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
