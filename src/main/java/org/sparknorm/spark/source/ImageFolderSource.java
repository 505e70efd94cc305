package org.sparknorm.spark.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.EncodedExample;
import org.sparknorm.data.ExampleForm;
import org.sparknorm.data.ExampleShape;
import org.sparknorm.tensor.Shape;
import scala.Tuple2;

/**
 * Reads image files from one folder per class, at any depth. The sorted names of the folders number the classes; the
 * sorted paths give the order of the examples. Hidden files and {@code Thumbs.db} are ignored; every other file must be
 * an image.
 *
 * <p>The driver lists the names before Spark starts, so that everything that follows from their number is known. The
 * executors read the files.
 */
public final class ImageFolderSource implements DataSource {
    private static final Set<String> IGNORED = Set.of(
            "thumbs.db", "_success", "_temporary", "__macosx", PackedFiles.CLASSES, PackedFiles.BAD_IMAGES, "@eadir");
    private static final String DEAD_LINK = " is a link that leads nowhere";
    /** The largest number of files of one task. */
    private static final int FILES_PER_TASK = 256;

    private final String path;
    private final Shape shape;
    private final List<String> classNames;
    private final List<Entry> entries;
    private final List<String> leftOut;

    /** A file and the number of its class. */
    record Entry(String file, int label) implements Serializable {}

    /** Files that follow each other, and the index of the first one. */
    private record Part(long first, ArrayList<Entry> entries) implements Serializable {}

    private ImageFolderSource(
            String path, Shape shape, List<String> classNames, List<Entry> entries, List<String> leftOut) {
        this.path = path;
        this.shape = shape;
        this.classNames = classNames;
        this.entries = entries;
        this.leftOut = leftOut;
    }

    /**
     * Lists the files of the class folders.
     *
     * @param key key of the configuration or the command line, for messages
     * @param shape shape of the examples that the images become
     * @param skipBad whether links that lead nowhere are left out, as bad images are
     * @throws RefusedException if there are none
     */
    public static ImageFolderSource open(String key, String path, Shape shape, boolean skipBad, Configuration hadoop) {
        return InputPath.read(key, path, hadoop, (files, root) -> {
            FolderListing listing = new FolderListing(files, ImageFolderSource::isIgnored);
            List<Path> folders = classFolders(listing, root);
            if (folders.isEmpty()) {
                throw new RefusedException(
                        key + " = " + path + " holds no folders", "name a folder with one per class");
            }
            List<String> classNames = folders.stream().map(Path::getName).toList();
            SplitNames.checkClasses(key + " = " + path, classNames);
            List<Entry> entries = new ArrayList<>();
            for (int label = 0; label < folders.size(); label++) {
                for (String file : sortedFilesBelow(listing, folders.get(label))) {
                    entries.add(new Entry(file, label));
                }
            }
            if (entries.isEmpty()) {
                throw new RefusedException(
                        "the " + folders.size() + " folders in " + key + " = " + path + " hold no files",
                        "put images into them");
            }
            return new ImageFolderSource(path, shape, classNames, entries, deadLinks(listing, skipBad));
        });
    }

    /**
     * Lists all files in a folder, at any depth. Those in the folder of a class have its label, all others have none.
     *
     * @throws RefusedException if there are none
     */
    static ImageFolderSource ofAnyFiles(
            String key, String path, List<String> classNames, DataConfig config, Configuration hadoop) {
        Shape shape = ExampleShape.ofImages(config);
        boolean skipBad = config.badImages() == DataConfig.BadImages.SKIP;
        return InputPath.read(key, path, hadoop, (files, root) -> {
            List<Entry> entries = new ArrayList<>();
            FolderListing listing = new FolderListing(files, ImageFolderSource::isIgnored);
            for (String file : sortedFilesBelow(listing, root)) {
                String[] names = relative(root, file).split("/", -1);
                entries.add(new Entry(file, names.length > 2 ? classNames.indexOf(names[1]) : -1));
            }
            if (entries.isEmpty()) {
                throw new RefusedException(key + " = " + path + " holds no files", "put images into it");
            }
            return new ImageFolderSource(path, shape, classNames, entries, deadLinks(listing, skipBad));
        });
    }

    /** Returns a line {@code PATH: CAUSE} for each link that leads nowhere; refuses the first unless they are skipped. */
    private static List<String> deadLinks(FolderListing listing, boolean skipBad) {
        List<String> links = listing.deadLinks();
        if (!skipBad && !links.isEmpty()) {
            throw new RefusedException(
                    links.get(0) + DEAD_LINK, "remove it, or leave such files out with bad-images=skip");
        }
        return links.stream().sorted().map(link -> link + ":" + DEAD_LINK).toList();
    }

    private static List<Path> classFolders(FolderListing listing, Path root) throws IOException {
        List<Path> folders = new ArrayList<>();
        for (FileStatus status : listing.entries(root)) {
            if (status.isDirectory()) {
                folders.add(status.getPath());
            }
        }
        folders.sort(Comparator.comparing(Path::getName));
        return folders;
    }

    private static List<String> sortedFilesBelow(FolderListing listing, Path folder) throws IOException {
        List<String> found = listing.filesBelow(folder);
        found.sort(null);
        return found;
    }

    /** The path of a file relative to a folder, with a slash at its beginning. */
    private static String relative(Path folder, String file) {
        return new Path(file)
                .toUri()
                .getPath()
                .substring(folder.toUri().getPath().length());
    }

    /** Some cameras begin the names of images with an underscore, so only known names of that kind are ignored. */
    private static boolean isIgnored(String name) {
        return name.startsWith(".") || IGNORED.contains(name.toLowerCase(Locale.ROOT)) || name.endsWith(".unfinished");
    }

    @Override
    public Description description() {
        return new Description(entries.size(), shape, ExampleForm.FILE, classNames.size(), classNames);
    }

    @Override
    public List<String> leftOut() {
        return leftOut;
    }

    @Override
    public String name() {
        return path;
    }

    @Override
    public JavaPairRDD<Long, byte[]> examples(JavaSparkContext spark) {
        int tasks = Math.max(
                Math.min(spark.defaultParallelism(), entries.size()),
                (entries.size() + FILES_PER_TASK - 1) / FILES_PER_TASK);
        return pairs(spark, tasks);
    }

    /** Gives the examples in that many partitions, which follow each other in the order of the examples. */
    public JavaRDD<Tuple2<Long, byte[]>> examplesIn(JavaSparkContext spark, int partitions) {
        return pairs(spark, partitions).map(example -> example);
    }

    private JavaPairRDD<Long, byte[]> pairs(JavaSparkContext spark, int tasks) {
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        List<Part> parts = new ArrayList<>();
        for (int task = 0; task < tasks; task++) {
            int from = (int) ((long) entries.size() * task / tasks);
            int to = (int) ((long) entries.size() * (task + 1) / tasks);
            parts.add(new Part(from, new ArrayList<>(entries.subList(from, to))));
        }
        return spark.parallelize(parts, parts.size())
                .flatMapToPair(part -> LazyIterator.of(
                        part.entries().size(),
                        i -> new Tuple2<>(part.first() + i, read(part.entries().get(i), hadoop.value()))));
    }

    private static byte[] read(Entry entry, Configuration hadoop) throws IOException {
        return InputPath.readOnExecutor(entry.file(), hadoop, (files, path) -> {
            try (InputStream in = files.open(path)) {
                return EncodedExample.of(entry.label(), entry.file(), in.readAllBytes());
            }
        });
    }
}
