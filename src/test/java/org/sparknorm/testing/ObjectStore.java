package org.sparknorm.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** What S3 is to Hadoop, over a local disk: a file appears when it is closed; nothing can be appended to or renamed. */
public final class ObjectStore extends RawLocalFileSystem {
    public static final String SCHEME = "objects";

    @Override
    public URI getUri() {
        return URI.create(SCHEME + ":///");
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public boolean hasPathCapability(Path path, String capability) throws IOException {
        return !capability.equals(CommonPathCapabilities.FS_APPEND) && super.hasPathCapability(path, capability);
    }

    @Override
    public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) {
        throw new UnsupportedOperationException("append");
    }

    @Override
    public boolean rename(Path from, Path to) {
        throw new UnsupportedOperationException("rename");
    }

    @Override
    public FSDataOutputStream create(
            Path path,
            FsPermission permission,
            boolean overwrite,
            int bufferSize,
            short replication,
            long blockSize,
            Progressable progress) {
        return create(path);
    }

    @Override
    public FSDataOutputStream create(
            Path path, boolean overwrite, int bufferSize, short replication, long blockSize, Progressable progress) {
        return create(path);
    }

    @Override
    public FSDataOutputStream create(Path path) {
        OutputStream appearsWhenClosed = new ByteArrayOutputStream() {
            @Override
            public void close() throws IOException {
                mkdirs(path.getParent());
                Files.write(pathToFile(path).toPath(), toByteArray());
            }
        };
        return new FSDataOutputStream(appearsWhenClosed, new FileSystem.Statistics(SCHEME));
    }
}
