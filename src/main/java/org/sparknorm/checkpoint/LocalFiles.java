package org.sparknorm.checkpoint;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Hadoop's local file system without checksum files, so that it can append, and without a {@code chmod} process for each
 * file and folder that it makes: where Hadoop has no native library, its own starts one.
 */
final class LocalFiles extends RawLocalFileSystem {
    private LocalFiles() {}

    static LocalFiles of(LocalFileSystem usual, Configuration hadoop) throws IOException {
        LocalFiles files = new LocalFiles();
        URI root = usual.getUri();
        files.initialize(root, hadoop);
        files.setWorkingDirectory(usual.getWorkingDirectory());
        return files;
    }

    @Override
    public void setPermission(Path path, FsPermission permission) throws IOException {
        String rights = permission.getUserAction().SYMBOL
                + permission.getGroupAction().SYMBOL
                + permission.getOtherAction().SYMBOL;
        try {
            Files.setPosixFilePermissions(pathToFile(path).toPath(), PosixFilePermissions.fromString(rights));
        } catch (UnsupportedOperationException e) { // a disk that has no such rights
            super.setPermission(path, permission);
        }
    }
}
