package org.sparknorm.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.Split;
import org.sparknorm.data.TextRows;
import org.sparknorm.tensor.Shape;
import scala.Tuple2;

/**
 * A CSV file of labels and texts, or a folder of such files in the order of their names. Labels that are all whole numbers
 * are class numbers; otherwise they are names of classes, whose sorted order numbers them. The driver reads all rows once,
 * before Spark has started, for their number and their labels; then each file is read by one task.
 */
public final class TextSource implements DataSource {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final String EXTENSION = ".csv";

    private final String path;
    private final Shape shape;
    private final Labels labels;
    private final boolean labelMayBeAbsent;
    private final List<Part> parts;
    private final int count;

    /** A file, how many rows it has, and the index of its first. */
    private record Part(String file, int rows, int first) implements Serializable {}

    /**
     * What labels stand for.
     *
     * @param names sorted; empty where labels are class numbers
     */
    private record Labels(ArrayList<String> names, int classes) implements Serializable {
        /** -1 for a label that is absent or unknown. */
        int number(String label) {
            if (label == null) {
                return -1;
            }
            if (names.isEmpty()) {
                return NUMBER.matcher(label).matches() ? Integer.parseInt(label) : -1;
            }
            return names.indexOf(label);
        }

        static Labels of(Set<String> found) {
            if (found.stream().allMatch(label -> NUMBER.matcher(label).matches())) {
                int largest = found.stream().mapToInt(Integer::parseInt).max().orElse(-1);
                return new Labels(new ArrayList<>(), largest + 1);
            }
            return new Labels(new ArrayList<>(new TreeSet<>(found)), found.size());
        }
    }

    private TextSource(String path, int length, Labels labels, boolean labelMayBeAbsent, List<Part> parts) {
        this.path = path;
        this.shape = Shape.of(length);
        this.labels = labels;
        this.labelMayBeAbsent = labelMayBeAbsent;
        this.parts = parts;
        this.count = parts.stream().mapToInt(Part::rows).sum();
    }

    static TextSource open(String path, Split split, DataConfig config, Configuration hadoop) {
        return open("data." + split.word(), path, null, config, hadoop);
    }

    /** Texts with labels or without. */
    public static TextSource ofAnyRows(
            String key, String path, List<String> classNames, DataConfig config, Configuration hadoop) {
        return open(key, path, classNames, config, hadoop);
    }

    /** @param known names of classes; null where the rows say them */
    private static TextSource open(
            String key, String path, List<String> known, DataConfig config, Configuration hadoop) {
        if (config.size().isAuto()) {
            throw new RefusedException(
                    "data.size is not set",
                    "give the bytes of a text that the network sees, for example data.size=256");
        }
        try {
            FileSystem files = new Path(path).getFileSystem(hadoop);
            if (!files.exists(new Path(path))) {
                throw new RefusedException(key + " = " + path + " is not there", "check the path");
            }
            List<Part> parts = new ArrayList<>();
            Set<String> found = new HashSet<>();
            int count = 0;
            for (Path file : files(files, path, key)) {
                int rows = count(files, file, known != null, found);
                parts.add(new Part(file.toString(), rows, count));
                count = Math.addExact(count, rows);
            }
            if (count == 0) {
                throw new RefusedException(key + " = " + path + " has no rows", "give another");
            }
            Labels labels = known == null ? Labels.of(found) : new Labels(new ArrayList<>(known), known.size());
            return new TextSource(path, config.size().or(0), labels, known != null, parts);
        } catch (IOException | IllegalArgumentException e) {
            throw new RefusedException(key + " = " + path + " cannot be read: " + e.getMessage(), "check the path");
        }
    }

    private static List<Path> files(FileSystem files, String path, String key) throws IOException {
        if (files.getFileStatus(new Path(path)).isFile()) {
            return List.of(new Path(path));
        }
        FileStatus[] found = files.globStatus(new Path(path, "*" + EXTENSION));
        if (found.length == 0) {
            throw new RefusedException(
                    key + " = " + path + " holds no " + EXTENSION + " files", "name a file, or a folder of such files");
        }
        Arrays.sort(found);
        return Arrays.stream(found).map(FileStatus::getPath).toList();
    }

    private static int count(FileSystem files, Path file, boolean labelMayBeAbsent, Set<String> found)
            throws IOException {
        int rows = 0;
        try (InputStream in = files.open(file)) {
            TextRows all = new TextRows(in, file.toString(), labelMayBeAbsent);
            while (all.hasNext()) {
                TextRows.Row row = all.next();
                if (row.label() != null) {
                    found.add(row.label());
                }
                rows++;
            }
        }
        return rows;
    }

    @Override
    public Description description() {
        return new Description(count, shape, false, labels.classes(), labels.names());
    }

    @Override
    public String name() {
        return path;
    }

    @Override
    public JavaPairRDD<Long, byte[]> examples(JavaSparkContext spark) {
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        Labels known = labels;
        boolean mayBeAbsent = labelMayBeAbsent;
        int length = shape.last();
        return spark.parallelize(parts, parts.size())
                .flatMapToPair(part -> read(part, known, mayBeAbsent, length, hadoop.value()));
    }

    private static Iterator<Tuple2<Long, byte[]>> read(
            Part part, Labels labels, boolean labelMayBeAbsent, int length, Configuration hadoop) throws IOException {
        Path file = new Path(part.file());
        InputStream in;
        try {
            in = file.getFileSystem(hadoop).open(file);
        } catch (FileNotFoundException e) {
            throw new RefusedException(
                    part.file() + " is not there on this executor", "put the data where all machines see it");
        }
        TextRows rows = new TextRows(in, part.file(), labelMayBeAbsent);
        return Elements.of(part.rows(), i -> {
            if (!rows.hasNext()) {
                throw new RefusedException(part.file() + " has become shorter", "let nobody write to it");
            }
            TextRows.Row row = rows.next();
            String name = part.file() + ":" + row.number();
            byte[] example = EncodedExample.of(labels.number(row.label()), name, row.tokens(length));
            if (i == part.rows() - 1) {
                in.close();
            }
            return new Tuple2<>(part.first() + (long) i, example);
        });
    }
}
