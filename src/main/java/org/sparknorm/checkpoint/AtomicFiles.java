package org.sparknorm.checkpoint;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/**
 * Writes files, on any Hadoop file system, that are either whole or not there. Where a rename is atomic, a file is
 * written under another name first. An object store has no such rename, but a file appears there only when it is
 * closed. A file system whose files cannot be appended to is taken for an object store.
 */
public final class AtomicFiles {
    private static final String TEMPORARY_PREFIX = ".";
    private static final String TEMPORARY_SUFFIX = ".tmp";

    private final FileSystem files;
    private final Configuration hadoop;
    private final boolean objectStore;

    private AtomicFiles(FileSystem files, Configuration hadoop, boolean objectStore) {
        this.files = files;
        this.hadoop = hadoop;
        this.objectStore = objectStore;
    }

    /** @param path any path on the file system that is meant */
    public static AtomicFiles of(Path path, Configuration hadoop) throws IOException {
        FileSystem files = path.getFileSystem(hadoop);
        if (files instanceof LocalFileSystem local) {
            files = LocalFiles.of(local, hadoop);
        }
        boolean appends = files.hasPathCapability(path, CommonPathCapabilities.FS_APPEND);
        return new AtomicFiles(files, hadoop, !appends);
    }

    public FileSystem system() {
        return files;
    }

    /** Whether the file system can neither rename atomically nor append. */
    public boolean isObjectStore() {
        return objectStore;
    }

    /** Writes the bytes of a file. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes a file and replaces one that is there. */
    public void write(Path file, Content content) throws IOException {
        if (objectStore) {
            create(file, content);
            return;
        }
        Path temporary = temporary(file);
        create(temporary, content);
        replace(temporary, file);
    }

    /** The name under which a file or folder is filled before it gets its own. */
    static Path temporary(Path path) {
        return new Path(path.getParent(), TEMPORARY_PREFIX + path.getName() + TEMPORARY_SUFFIX);
    }

    /** Whether a name is that of a file or folder that was not finished. */
    public static boolean isTemporary(String name) {
        return name.startsWith(TEMPORARY_PREFIX) && name.endsWith(TEMPORARY_SUFFIX);
    }

    /** Writes a file under its own name; it is on disk when this method returns. */
    void create(Path file, Content content) throws IOException {
        FSDataOutputStream raw = files.create(file, true);
        OutputStream out = new BufferedOutputStream(raw);
        try {
            content.writeTo(out);
            out.flush();
            if (!objectStore) {
                raw.hsync();
            }
        } catch (IOException | RuntimeException e) {
            abort(raw);
            throw e;
        }
        out.close();
    }

    /** On an object store, closing would make a half-written file appear; elsewhere the file has a temporary name. */
    private void abort(FSDataOutputStream raw) throws IOException {
        if (objectStore && raw.hasCapability(CommonPathCapabilities.ABORTABLE_STREAM)) {
            raw.abort();
            return;
        }
        raw.close();
    }

    /** Renames a file and replaces one that is there. */
    void replace(Path from, Path to) throws IOException {
        if (files.rename(from, to)) {
            return;
        }
        // HDFS replaces a file only on request, which this interface alone offers.
        FileContext.getFileContext(files.getUri(), hadoop).rename(from, to, Options.Rename.OVERWRITE);
    }

    /** Opens a file of this or another file system to be read. */
    public InputStream open(Path file) throws IOException {
        return file.getFileSystem(hadoop).open(file);
    }
}
