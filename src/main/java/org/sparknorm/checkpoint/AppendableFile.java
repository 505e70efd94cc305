package org.sparknorm.checkpoint;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;

/**
 * A log on any Hadoop file system, to which lines are added. Where files cannot be appended to, it grows on the local
 * disk, and {@link #secure} and {@link #close} copy it to its place.
 */
public final class AppendableFile extends OutputStream {
    private final AtomicFiles files;
    private final Path path;
    private final FSDataOutputStream remote;
    private final java.nio.file.Path local;
    private final OutputStream out;
    private boolean closed;

    /**
     * Begins a log with some lines of an older one, which may be the same file.
     *
     * @param old the file of the older lines; it need not exist
     * @param kept selects the lines to keep; the last may have been cut off
     */
    public AppendableFile(AtomicFiles files, Path path, Path old, Predicate<String> kept) throws IOException {
        this.files = files;
        this.path = path;
        if (files.isObjectStore()) {
            local = Files.createTempFile("sparknorm-", "-" + path.getName());
            local.toFile().deleteOnExit();
            remote = null;
            out = new BufferedOutputStream(Files.newOutputStream(local));
            copyLines(old, kept, out);
        } else {
            local = null;
            files.write(path, target -> copyLines(old, kept, target));
            remote = files.system().append(path);
            out = new BufferedOutputStream(remote);
        }
    }

    private void copyLines(Path old, Predicate<String> kept, OutputStream target) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(files.open(old), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (kept.test(line)) {
                    target.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
        } catch (FileNotFoundException e) {
            // A log that is not there has no lines.
        }
    }

    @Override
    public void write(int value) throws IOException {
        out.write(value);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        out.write(bytes, from, count);
    }

    /** Makes what was written readable by others, where the file system can. */
    @Override
    public void flush() throws IOException {
        out.flush();
        if (remote != null) {
            remote.hflush();
        }
    }

    /** Makes what was written survive a crash of this process, and of the machine. */
    public void secure() throws IOException {
        out.flush();
        if (remote != null) {
            remote.hsync();
        } else {
            files.write(path, target -> Files.copy(local, target));
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        secure();
        out.close();
        if (local != null) {
            Files.delete(local);
        }
    }
}
