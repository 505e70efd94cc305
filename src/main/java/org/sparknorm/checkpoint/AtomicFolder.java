package org.sparknorm.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.sparknorm.config.RefusedException;

/**
 * A folder that exists only when all its files are in it: it is written under another name and renamed. On a file
 * system that renames by copying, as S3 does, the rename takes as long as the copy, and a driver that dies during it
 * leaves a part.
 */
public final class AtomicFolder {
    private final FileSystem files;
    private final Path folder;
    private final Path unfinished;

    private AtomicFolder(FileSystem files, Path folder) {
        this.files = files;
        this.folder = folder;
        this.unfinished = new Path(folder + ".unfinished");
    }

    /** @throws RefusedException if something is there already */
    public static AtomicFolder of(String key, String path, Configuration hadoop) throws IOException {
        Path folder = new Path(path);
        FileSystem files = folder.getFileSystem(hadoop);
        if (files.exists(folder)) {
            throw new RefusedException(key + " = " + path + " is there already", "name a new folder, or remove it");
        }
        return new AtomicFolder(files, folder);
    }

    /** Removes what an earlier attempt has left, and returns the path to write to. */
    public String begin() throws IOException {
        files.delete(unfinished, true);
        return unfinished.toString();
    }

    public void writeLines(String name, List<String> lines) throws IOException {
        try (OutputStream out = files.create(new Path(unfinished, name), true)) {
            for (String line : lines) {
                out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    public void finish() throws IOException {
        removeChecksums();
        if (files.exists(folder) || !files.rename(unfinished, folder)) {
            throw new IOException(unfinished + " cannot be renamed to " + folder);
        }
    }

    /** Removes what Hadoop writes next to local files: it would refuse a file that other software has written anew. */
    private void removeChecksums() throws IOException {
        if (!(files instanceof LocalFileSystem local)) {
            return;
        }
        try (DirectoryStream<java.nio.file.Path> checksums =
                Files.newDirectoryStream(local.pathToFile(unfinished).toPath(), ".*.crc")) {
            for (java.nio.file.Path checksum : checksums) {
                Files.delete(checksum);
            }
        }
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
