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
 * Files on any Hadoop file system that are either whole or not there. Where a rename is one act they are written under
 * another name first. An object store has no such rename, but a file there appears when it is closed, and not before; which
 * is taken to be so where files cannot be appended to.
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

    /** @param path any on the file system that is meant */
    public static AtomicFiles of(Path path, Configuration hadoop) throws IOException {
        FileSystem files = path.getFileSystem(hadoop);
        if (files instanceof LocalFileSystem local) {
            // Without .crc files beside ours, and able to append.
            files = local.getRawFileSystem();
        }
        boolean appends = files.hasPathCapability(path, CommonPathCapabilities.FS_APPEND);
        return new AtomicFiles(files, hadoop, !appends);
    }

    public FileSystem system() {
        return files;
    }

    /** Whether nothing can be renamed in one act, nor appended to. */
    public boolean isObjectStore() {
        return objectStore;
    }

    /** What fills a file. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes a file, in place of one that is there. */
    public void write(Path file, Content content) throws IOException {
        if (objectStore) {
            create(file, content);
            return;
        }
        Path temporary = temporary(file);
        create(temporary, content);
        replace(temporary, file);
    }

    /** Under which name a file or folder is filled before it gets its own. */
    static Path temporary(Path path) {
        return new Path(path.getParent(), TEMPORARY_PREFIX + path.getName() + TEMPORARY_SUFFIX);
    }

    /** Whether a name is that of something that was not finished. */
    public static boolean isTemporary(String name) {
        return name.startsWith(TEMPORARY_PREFIX) && name.endsWith(TEMPORARY_SUFFIX);
    }

    /** Writes a file under its own name, and has it on disk when it returns. */
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

    /** On an object store closing would make a half-written file appear; others have it under a temporary name. */
    private void abort(FSDataOutputStream raw) throws IOException {
        if (objectStore && raw.hasCapability(CommonPathCapabilities.ABORTABLE_STREAM)) {
            raw.abort();
            return;
        }
        raw.close();
    }

    /** A rename over what is there. */
    void replace(Path from, Path to) throws IOException {
        if (files.rename(from, to)) {
            return;
        }
        // HDFS renames over a file only when told so, in this interface alone.
        FileContext.getFileContext(files.getUri(), hadoop).rename(from, to, Options.Rename.OVERWRITE);
    }

    /** Opens a file of this or another file system to be read. */
    public InputStream open(Path file) throws IOException {
        return file.getFileSystem(hadoop).open(file);
    }
}
