package org.sparknorm.spark.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparknorm.config.RefusedException;

/** Local folders, as the world made them. */
class FolderListingTest {
    @TempDir
    Path folder;

    private FolderListing listing() throws IOException {
        return new FolderListing(FileSystem.getLocal(new Configuration()), name -> name.startsWith("."));
    }

    private static org.apache.hadoop.fs.Path hadoop(Path path) {
        return new org.apache.hadoop.fs.Path(path.toString());
    }

    private String name(String file) {
        return "file:" + folder.resolve(file);
    }

    @Test
    void filesAreThoseOfHadoopsOwnListing() throws IOException {
        Files.createDirectories(folder.resolve("a/b: #2 50%"));
        Files.writeString(folder.resolve("a/one.jpg"), "12");
        Files.writeString(folder.resolve("a/b: #2 50%/two [3] {x}.jpg"), "123");
        Files.writeString(folder.resolve("a/.hidden"), "1");
        Files.createSymbolicLink(folder.resolve("a/link.jpg"), folder.resolve("a/one.jpg"));
        assertThat(listing().filesBelow(hadoop(folder)))
                .containsExactlyInAnyOrder(name("a/one.jpg"), name("a/link.jpg"), name("a/b: #2 50%/two [3] {x}.jpg"));
        List<FileStatus> entries = listing().entries(hadoop(folder.resolve("a")));
        FileSystem local = FileSystem.getLocal(new Configuration());
        for (FileStatus entry : entries) {
            FileStatus usual = local.getFileStatus(entry.getPath());
            assertThat(entry).isEqualTo(usual);
            assertThat(entry.getLen()).isEqualTo(usual.getLen());
            assertThat(entry.isDirectory()).isEqualTo(usual.isDirectory());
            assertThat(entry.getModificationTime()).isEqualTo(usual.getModificationTime());
        }
        assertThat(entries).hasSize(3);
    }

    @Test
    void linksThatLeadNowhereAreNamed() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("a.jpg"), folder.resolve("gone"));
        Path loop = Files.createSymbolicLink(folder.resolve("loop.jpg"), folder.resolve("loop.jpg"));
        Files.createSymbolicLink(folder.resolve(".#lock"), folder.resolve("gone"));
        FolderListing listing = listing();
        assertThat(listing.filesBelow(hadoop(folder))).isEmpty();
        assertThat(listing.deadLinks()).containsExactlyInAnyOrder("file:" + link, "file:" + loop);
        assertThatThrownBy(() -> listing().entries(hadoop(folder)))
                .isInstanceOf(RefusedException.class)
                .hasMessageMatching(".*(a|loop)[.]jpg is a link that leads nowhere; remove it, or restore .*");
    }

    @Test
    void aFolderReachedTwiceIsRefused() throws IOException {
        Path cats = Files.createDirectories(folder.resolve("cats"));
        Files.createSymbolicLink(cats.resolve("all"), folder);
        assertThatThrownBy(() -> listing().filesBelow(hadoop(folder)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(name("cats/all") + " is the same folder as file:" + folder);
        Files.delete(cats.resolve("all"));
        Files.createSymbolicLink(folder.resolve("kittens"), cats);
        FolderListing classes = listing();
        classes.filesBelow(hadoop(cats));
        assertThatThrownBy(() -> classes.filesBelow(hadoop(folder.resolve("kittens"))))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("kittens is the same folder as")
                .hasMessageContaining("remove the link");
    }

    @Test
    void whatIsNoFileIsRefused() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", folder.resolve("pipe.jpg").toString())
                        .start()
                        .waitFor())
                .isZero();
        assertThatThrownBy(() -> listing().filesBelow(hadoop(folder)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("pipe.jpg is neither a file nor a folder");
    }

    /** A name of Latin-1, as old archives hold it, has no text that opens the file. */
    @Test
    void aNameThatIsNotUtf8IsRefused() throws Exception {
        String command = "touch \"$(printf 'caf\\351.jpg')\"";
        assertThat(new ProcessBuilder("bash", "-c", command)
                        .directory(folder.toFile())
                        .start()
                        .waitFor())
                .isZero();
        assertThatThrownBy(() -> listing().filesBelow(hadoop(folder)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("holds a name that this JVM reads as caf");
    }
}
