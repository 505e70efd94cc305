package org.sparknorm.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files on the local disk have the rights that Hadoop's umask leaves, and no process is started for them. */
@Tag("unit")
class LocalFilesTest {
    @TempDir
    Path folder;

    @Test
    void rightsAreThoseOfTheUmask() throws IOException {
        Configuration hadoop = new Configuration();
        hadoop.set("fs.permissions.umask-mode", "027");
        LocalFiles files = LocalFiles.of(FileSystem.newInstanceLocal(hadoop), hadoop);
        Path inner = folder.resolve("a").resolve("b");
        files.mkdirs(new org.apache.hadoop.fs.Path(inner.toUri()));
        org.apache.hadoop.fs.Path file =
                new org.apache.hadoop.fs.Path(inner.resolve("file").toUri());
        files.create(file, true).close();
        assertThat(rights(inner)).isEqualTo("rwxr-x---");
        assertThat(rights(inner.resolve("file"))).isEqualTo("rw-r-----");
        files.append(file).close();
        assertThat(rights(inner.resolve("file"))).isEqualTo("rw-r-----");
    }

    private static String rights(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
