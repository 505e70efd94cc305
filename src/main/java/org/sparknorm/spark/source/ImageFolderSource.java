package org.sparknorm.spark.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
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
    /** The largest number of files of one task. */
    private static final int FILES_PER_TASK = 256;

    private final String path;
    private final Shape shape;
    private final List<String> classNames;
    private final List<Entry> entries;

    /** A file and the number of its class. */
    record Entry(String file, int label) implements Serializable {}

    /** Files that follow each other, and the index of the first one. */
    private record Part(long first, ArrayList<Entry> entries) implements Serializable {}

    private ImageFolderSource(String path, Shape shape, List<String> classNames, List<Entry> entries) {
        this.path = path;
        this.shape = shape;
        this.classNames = classNames;
        this.entries = entries;
    }

    /**
     * Lists the files of the class folders.
     *
     * @param key key of the configuration or the command line, for messages
     * @param shape shape of the examples that the images become
     * @throws RefusedException if there are none
     */
    public static ImageFolderSource open(String key, String path, Shape shape, Configuration hadoop) {
        return InputPath.read(key, path, hadoop, (files, root) -> {
            List<Path> folders = classFolders(files, root);
            if (folders.isEmpty()) {
                throw new RefusedException(key + " = " + path + " holds no folders", "name a folder with one a class");
            }
            List<Entry> entries = new ArrayList<>();
            for (int label = 0; label < folders.size(); label++) {
                for (String file : filesBelow(files, folders.get(label))) {
                    entries.add(new Entry(file, label));
                }
            }
            if (entries.isEmpty()) {
                throw new RefusedException(
                        "the " + folders.size() + " folders in " + key + " = " + path + " hold no files",
                        "put images into them");
            }
            List<String> classNames = folders.stream().map(Path::getName).toList();
            return new ImageFolderSource(path, shape, classNames, entries);
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
        return InputPath.read(key, path, hadoop, (files, root) -> {
            List<Entry> entries = new ArrayList<>();
            for (String file : filesBelow(files, root)) {
                String[] names = relative(root, file).split("/", -1);
                entries.add(new Entry(file, names.length > 2 ? classNames.indexOf(names[1]) : -1));
            }
            if (entries.isEmpty()) {
                throw new RefusedException(key + " = " + path + " holds no files", "put images into it");
            }
            return new ImageFolderSource(path, shape, classNames, entries);
        });
    }

    private static List<Path> classFolders(FileSystem files, Path root) throws IOException {
        List<Path> folders = new ArrayList<>();
        for (FileStatus status : files.listStatus(root)) {
            if (status.isDirectory() && !isHidden(status.getPath().getName())) {
                folders.add(status.getPath());
            }
        }
        folders.sort(Comparator.comparing(Path::getName));
        return folders;
    }

    private static List<String> filesBelow(FileSystem files, Path folder) throws IOException {
        List<String> found = new ArrayList<>();
        RemoteIterator<LocatedFileStatus> below = files.listFiles(folder, true);
        while (below.hasNext()) {
            String file = below.next().getPath().toString();
            boolean isIgnored =
                    Arrays.stream(relative(folder, file).split("/", -1)).anyMatch(ImageFolderSource::isHidden);
            if (!isIgnored) {
                found.add(file);
            }
        }
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
    private static boolean isHidden(String name) {
        return name.startsWith(".") || IGNORED.contains(name.toLowerCase(Locale.ROOT)) || name.endsWith(".unfinished");
    }

    @Override
    public Description description() {
        return new Description(entries.size(), shape, ExampleForm.FILE, classNames.size(), classNames);
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
