package org.sparknorm.spark.source;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.sparknorm.config.RefusedException;

/**
 * Lists folders of one input, on any Hadoop file system, and leaves out nothing in silence. Local folders are read with
 * {@code java.nio}: Hadoop's own local file system omits links that lead nowhere, follows links in circles, and starts a
 * process for each file that a recursive listing finds. Other file systems are asked once per folder.
 */
final class FolderListing {
    private static final String UTF_8 = "UTF-8";

    private final FileSystem files;
    private final Predicate<String> ignored;
    /** The local folders that were listed, by device and inode. */
    private final Map<Object, Path> listed = new HashMap<>();
    /** Links to files that do not exist. */
    private final List<String> deadLinks = new ArrayList<>();

    /** @param ignored selects the names of files and folders that are left out, with all that is in them */
    FolderListing(FileSystem files, Predicate<String> ignored) {
        this.files = files;
        this.ignored = ignored;
    }

    /**
     * Lists the files and folders in a folder, in no order.
     *
     * @throws RefusedException if a link in it leads nowhere, or if a name cannot be read
     */
    List<FileStatus> entries(Path folder) throws IOException {
        if (!(files instanceof LocalFileSystem local)) {
            return Arrays.stream(files.listStatus(folder))
                    .filter(entry -> !ignored.test(entry.getPath().getName()))
                    .toList();
        }
        List<FileStatus> entries = localEntries(local, folder);
        for (FileStatus entry : entries) {
            if (entry.isSymlink()) {
                throw new RefusedException(
                        entry.getPath() + " is a link that leads nowhere", "remove it, or restore what it leads to");
            }
        }
        return entries;
    }

    /**
     * Lists the files in a folder, at any depth, in no order. Links that lead nowhere are not among them, see
     * {@link #deadLinks}.
     *
     * @throws RefusedException if a local folder is reached a second time, through a link; also if it was listed by an
     *     earlier call
     */
    List<String> filesBelow(Path folder) throws IOException {
        List<String> found = new ArrayList<>();
        if (files instanceof LocalFileSystem local) {
            addLocalFiles(local, folder, found);
            return found;
        }
        RemoteIterator<LocatedFileStatus> below = files.listFiles(folder, true);
        int start = files.makeQualified(folder).toUri().getPath().length();
        while (below.hasNext()) {
            Path file = below.next().getPath();
            String[] names = file.toUri().getPath().substring(start).split("/", -1);
            if (Arrays.stream(names).noneMatch(ignored)) {
                found.add(file.toString());
            }
        }
        return found;
    }

    /** The links that lead nowhere, of all folders that {@link #filesBelow} has listed. */
    List<String> deadLinks() {
        return deadLinks;
    }

    private void addLocalFiles(LocalFileSystem local, Path folder, List<String> found) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(local.pathToFile(folder).toPath(), BasicFileAttributes.class);
        Path before = listed.put(attributes.fileKey(), local.makeQualified(folder));
        if (before != null) {
            throw new RefusedException(
                    folder + " is the same folder as " + before + ", so its files would count twice",
                    "remove the link to it");
        }
        for (FileStatus entry : localEntries(local, folder)) {
            if (entry.isDirectory()) {
                addLocalFiles(local, entry.getPath(), found);
            } else {
                (entry.isSymlink() ? deadLinks : found).add(entry.getPath().toString());
            }
        }
    }

    /** Returns what is in a local folder. An entry that is a symlink leads nowhere; the others are what they lead to. */
    private List<FileStatus> localEntries(LocalFileSystem local, Path folder) throws IOException {
        List<FileStatus> found = new ArrayList<>();
        Path qualified = local.makeQualified(folder);
        java.nio.file.Path directory = local.pathToFile(folder).toPath();
        try (DirectoryStream<java.nio.file.Path> entries = Files.newDirectoryStream(directory)) {
            for (java.nio.file.Path entry : entries) {
                String name = entry.getFileName().toString();
                if (!ignored.test(name)) {
                    checkName(entry, name);
                    found.add(status(entry, new Path(qualified, new Path(null, null, name)), local));
                }
            }
        }
        return found;
    }

    private static FileStatus status(java.nio.file.Path entry, Path path, FileSystem files) throws IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(entry, BasicFileAttributes.class);
        } catch (FileSystemException e) {
            if (!Files.isSymbolicLink(entry)) {
                throw e;
            }
            return new FileStatus(0, false, 0, 0, 0, 0, null, null, null, path, path);
        }
        if (attributes.isOther()) {
            throw new RefusedException(path + " is neither a file nor a folder", "remove it");
        }
        return new FileStatus(
                attributes.size(),
                attributes.isDirectory(),
                1,
                files.getDefaultBlockSize(path),
                attributes.lastModifiedTime().toMillis(),
                path);
    }

    /** Refuses a name whose bytes the JVM cannot turn into text and back: the file could not be opened by that text. */
    private static void checkName(java.nio.file.Path entry, String name) {
        boolean isSame;
        try {
            isSame = entry.resolveSibling(name).equals(entry);
        } catch (InvalidPathException e) {
            isSame = false;
        }
        if (isSame) {
            return;
        }
        String encoding = System.getProperty("sun.jnu.encoding");
        throw new RefusedException(
                entry.getParent() + " holds a name that this JVM reads as " + name + " and cannot open: it is not "
                        + encoding,
                encoding.equals(UTF_8)
                        ? "rename it to valid UTF-8"
                        : "start the driver and the executors with LC_ALL=C.UTF-8");
    }
}
