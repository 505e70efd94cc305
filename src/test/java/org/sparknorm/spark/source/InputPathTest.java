package org.sparknorm.spark.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.config.RefusedException;

/** A path of the input is read, or refused by its key. */
@Tag("unit")
class InputPathTest {
    private static final Configuration HADOOP = new Configuration();

    @TempDir
    Path folder;

    private static long length(FileSystem files, org.apache.hadoop.fs.Path path) throws IOException {
        return files.getFileStatus(path).getLen();
    }

    private static AbstractThrowableAssert<?, ?> assertRefused(String path, InputPath.Reader<?> reader) {
        return assertThatThrownBy(() -> InputPath.read("data.train", path, HADOOP, reader))
                .isInstanceOf(RefusedException.class);
    }

    @Test
    void anExistingPathIsRead() throws IOException {
        Path file = Files.write(folder.resolve("a b+c"), new byte[5]);
        assertThat(InputPath.read("data.train", file.toString(), HADOOP, InputPathTest::length))
                .isEqualTo(5);
        assertThat(InputPath.readOnExecutor("file:" + file, HADOOP, InputPathTest::length))
                .isEqualTo(5);
    }

    @Test
    void aMissingPathIsRefused() {
        String nowhere = folder.resolve("nowhere").toString();
        assertRefused(nowhere, InputPathTest::length)
                .hasMessage("data.train = " + nowhere + " is not there; check the path");
        assertThatThrownBy(() -> InputPath.readOnExecutor(nowhere, HADOOP, InputPathTest::length))
                .isInstanceOf(RefusedException.class)
                .hasMessage(nowhere + " is not there on this executor; put the data where all machines see it");
    }

    @Test
    void whatIsNoPathIsRefused() {
        assertRefused("", InputPathTest::length)
                .hasMessageStartingWith("data.train =  is no path: ")
                .hasMessageEndingWith("; check the path");
        assertRefused("a:b", InputPathTest::length).hasMessageStartingWith("data.train = a:b is no path: ");
    }

    @Test
    void aFileSystemThatNobodyKnowsIsRefused() {
        assertRefused("nobody://host/path", InputPathTest::length)
                .hasMessageStartingWith("data.train = nobody://host/path cannot be read: ");
    }

    @Test
    void aPathThatCannotBeReadIsRefused() {
        String path = folder.toString();
        assertRefused(path, (files, opened) -> {
                    throw new IOException("the disk is gone");
                })
                .hasMessage("data.train = " + path + " cannot be read: the disk is gone; check the path");
        assertRefused(path, (files, opened) -> {
                    throw new UncheckedIOException("the disk is gone", new IOException());
                })
                .hasMessage("data.train = " + path + " cannot be read: the disk is gone; check the path");
    }

    @Test
    void aRefusalOfTheContentStays() {
        assertRefused(folder.toString(), (files, opened) -> {
                    throw new RefusedException("it holds nothing", "fill it");
                })
                .hasMessage("it holds nothing; fill it");
    }
}
