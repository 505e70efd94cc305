package org.sparknorm.spark.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.sparknorm.config.DataConfig;
import org.sparknorm.config.RefusedException;
import org.sparknorm.data.EncodedExample;
import org.sparknorm.data.ExampleForm;
import org.sparknorm.data.ExampleShape;
import org.sparknorm.data.TextLabels;
import org.sparknorm.data.TextRows;
import org.sparknorm.tensor.Shape;
import scala.Tuple2;

/**
 * Reads a CSV file of labels and texts, or a folder of such files in the order of their names. The driver reads all
 * rows once, before Spark starts, for their number and their labels; later one task reads each file.
 */
final class TextSource implements DataSource {
    private static final String EXTENSION = ".csv";

    private final Content content;
    private final TextLabels labels;
    /** Whether rows may have no label or an unknown one, as in data for predictions. */
    private final boolean anyLabels;

    /** A file, the number of its rows, and the index of its first row. */
    private record Part(String file, int rows, int first) implements Serializable {}

    /**
     * What the driver has found in the rows.
     *
     * @param length number of bytes of a text that the network sees
     * @param found number of rows with each label
     */
    private record Content(String path, int length, List<Part> parts, Map<String, Integer> found) {
        int count() {
            Part last = parts.get(parts.size() - 1);
            return last.first() + last.rows();
        }
    }

    private TextSource(Content content, TextLabels labels, boolean anyLabels) {
        this.content = content;
        this.labels = labels;
        this.anyLabels = anyLabels;
    }

    static TextSource open(String key, String path, DataConfig config, Configuration hadoop) {
        Content content = read(key, path, false, config, hadoop);
        return new TextSource(content, TextLabels.of(content.found(), path), false);
    }

    /**
     * Opens texts that may have no labels.
     *
     * @param known labels of the model
     */
    static TextSource ofAnyRows(String key, String path, TextLabels known, DataConfig config, Configuration hadoop) {
        return new TextSource(read(key, path, true, config, hadoop), known, true);
    }

    private static Content read(String key, String path, boolean anyLabels, DataConfig config, Configuration hadoop) {
        int length = ExampleShape.ofTexts(config).size();
        return InputPath.read(key, path, hadoop, (files, root) -> {
            List<Part> parts = new ArrayList<>();
            Map<String, Integer> found = new HashMap<>();
            int count = 0;
            for (Path file : files(files, root, key)) {
                int rows = count(files, file, anyLabels, found);
                parts.add(new Part(file.toString(), rows, count));
                count = Math.addExact(count, rows);
            }
            if (count == 0) {
                throw new RefusedException(key + " = " + path + " has no rows", "give another");
            }
            return new Content(path, length, parts, found);
        });
    }

    private static List<Path> files(FileSystem files, Path path, String key) throws IOException {
        if (files.getFileStatus(path).isFile()) {
            return List.of(path);
        }
        List<FileStatus> found = new ArrayList<>(new FolderListing(files, name -> !isRead(name)).entries(path));
        if (found.isEmpty()) {
            throw new RefusedException(
                    key + " = " + path + " holds no " + EXTENSION + " files", "name a file, or a folder of such files");
        }
        found.sort(null);
        SplitNames.checkFiles(
                key + " = " + path,
                found.stream().map(file -> file.getPath().getName()).toList());
        return found.stream().map(FileStatus::getPath).toList();
    }

    private static boolean isRead(String name) {
        return name.endsWith(EXTENSION) && !name.startsWith(".");
    }

    private static int count(FileSystem files, Path file, boolean anyLabels, Map<String, Integer> found)
            throws IOException {
        int rows = 0;
        try (InputStream in = files.open(file)) {
            TextRows all = new TextRows(in, file.toString(), anyLabels);
            while (all.hasNext()) {
                TextRows.Row row = all.next();
                if (row.label() != null) {
                    found.merge(row.label(), 1, Integer::sum);
                }
                rows++;
            }
        }
        return rows;
    }

    @Override
    public DataSource withClasses(List<String> classNames) {
        TextLabels known = TextLabels.known(classNames);
        known.check(content.found().keySet(), content.path());
        return classNames.isEmpty() ? this : new TextSource(content, known, anyLabels);
    }

    @Override
    public Description description() {
        Shape shape = Shape.of(content.length());
        return new Description(content.count(), shape, ExampleForm.RAW_BYTES, labels.classes(), labels.names());
    }

    @Override
    public String name() {
        return content.path();
    }

    @Override
    public JavaPairRDD<Long, byte[]> examples(JavaSparkContext spark) {
        SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
        TextLabels known = labels;
        boolean any = anyLabels;
        int length = content.length();
        List<Part> parts = content.parts();
        return spark.parallelize(parts, parts.size())
                .flatMapToPair(part -> read(part, known, any, length, hadoop.value()));
    }

    private static Iterator<Tuple2<Long, byte[]>> read(
            Part part, TextLabels labels, boolean anyLabels, int length, Configuration hadoop) throws IOException {
        InputStream in = InputPath.readOnExecutor(part.file(), hadoop, (files, path) -> files.open(path));
        TextRows rows = new TextRows(in, part.file(), anyLabels);
        return LazyIterator.of(part.rows(), i -> {
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
